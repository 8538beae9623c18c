"""The slow requests, as a table for the terminal."""

from __future__ import annotations

from perftrack.shapes import SlowQueries, SlowQuery
from perftrack.terminal.table import seconds
from perftrack.terminal.text import aligned, cut, printable

NAME_COLUMNS = 40
PATH_COLUMNS = 60
HEADINGS = ("when", "duration", "first byte", "status", "outcome", "worker", "endpoint", "path")


def render(log: SlowQueries) -> str:
    """Return how many requests were slow, and a line for each that is still in the log, newest first."""
    kept, threshold = log["slow_queries"], log["slow_query_threshold"]
    head = f"{log['slow_queries_count']} requests lasted longer than {threshold:g} s; the log has {len(kept)} of them"
    if not kept:
        return head
    return "\n".join([head, "", *aligned([HEADINGS, *map(_cells, kept)], "<>>>>><<")])


def _cells(query: SlowQuery) -> tuple[str, ...]:
    return (
        printable(query["timestamp"]),
        seconds(query["duration"]),
        seconds(query["first_byte"]),
        "none" if query["status"] is None else str(query["status"]),
        query["outcome"].replace("_", " "),
        str(query["worker"]),
        cut(printable(query["endpoint"]), NAME_COLUMNS),
        cut(printable(query["path"]), PATH_COLUMNS),
    )
