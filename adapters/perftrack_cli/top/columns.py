"""The columns of the endpoints: which fit into a terminal, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from perftrack.shapes import EndpointStats
from perftrack.terminal.table import percent, seconds
from perftrack.terminal.text import width as text_width
from perftrack_cli.top.glyphs import Glyphs, share_bar, spark
from perftrack_cli.top.tiles import count
from perftrack_cli.top.view import Sort

TREND_COLUMNS = 8
BAR_COLUMNS = 10
NARROWEST_NAME = 24
WIDEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column right of the name; *rank* says which go first when there is no room."""

    heading: str
    width: int
    rank: int
    cell: Callable[[EndpointStats, Glyphs], str]
    sort: Sort | None = None
    style: Callable[[EndpointStats], str] = lambda row: ""
    left: bool = False


def _errors_style(row: EndpointStats) -> str:
    if row["outcomes"]["server_error"]:
        return "red"
    return "yellow" if row["total_errors"] else ""


def _apdex(row: EndpointStats) -> str:
    return "-" if row["apdex"] is None else f"{row['apdex']:.2f}"


COLUMNS = (
    Column("last min", TREND_COLUMNS, 6, lambda row, signs: spark(row["rpm_series"], TREND_COLUMNS, signs),
           style=lambda row: "cyan", left=True),
    Column("reqs", 6, 3, lambda row, signs: count(row["total_requests"]), "requests"),
    Column("rpm", 6, 2, lambda row, signs: count(row["requests_per_minute"]), "rpm"),
    Column("errors", 7, 1, lambda row, signs: percent(row["error_rate"]), "errors", _errors_style),
    Column("avg", 7, 8, lambda row, signs: seconds(row["avg_duration"])),
    Column("p50", 7, 5, lambda row, signs: seconds(row["p50_duration"])),
    Column("p95", 7, 0, lambda row, signs: seconds(row["p95_duration"]), "p95"),
    Column("p99", 7, 7, lambda row, signs: seconds(row["p99_duration"])),
    Column("max", 7, 9, lambda row, signs: seconds(row["max_duration"])),
    Column("slow", 6, 10, lambda row, signs: count(row["slow_queries_count"]),
           style=lambda row: "yellow" if row["slow_queries_count"] else ""),
    Column("apdex", 5, 12, lambda row, signs: _apdex(row)),
    Column("share", 7, 4, lambda row, signs: percent(row["time_share"]), "time_share"),
    Column("", BAR_COLUMNS, 11, lambda row, signs: share_bar(row["time_share"], BAR_COLUMNS, signs),
           style=lambda row: "cyan", left=True),
)  # fmt: skip


def fitting(columns: int) -> tuple[int, list[Column]]:
    """Return the width of the name and the columns that fit beside it into *columns*."""
    left = columns - NARROWEST_NAME
    chosen: list[Column] = []
    for column in sorted(COLUMNS, key=lambda each: each.rank):
        left -= column.width + 1
        if left < 0:
            break
        chosen.append(column)
    used = sum(column.width + 1 for column in chosen)
    return max(1, min(columns - used, WIDEST_NAME)), [column for column in COLUMNS if column in chosen]


def padded(text: str, column: Column) -> str:
    """Return *text* on its side of *column*."""
    blanks = " " * (column.width - text_width(text))
    return text + blanks if column.left else blanks + text
