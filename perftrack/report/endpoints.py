"""The rows of the endpoints."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from math import floor
from typing import Final, get_args

from perftrack.histogram import RELATIVE_ERROR
from perftrack.parameters import Sort
from perftrack.report.fields import error_rate, mean, moment, outcome_counts, status_counts, timing
from perftrack.report.slow import slow_queries
from perftrack.report.totals import capped, everything_of
from perftrack.shapes import EndpointDetail, EndpointStats
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import EndpointSnapshot
from perftrack.window import WINDOW_SECONDS

SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
"""Orders of the endpoints, each largest first."""


def endpoint(snapshot: Snapshot, name: str) -> EndpointDetail | None:
    """Give one endpoint with its distribution; None when there is no endpoint of that name."""
    snapshot = capped(snapshot)
    row = snapshot.endpoints.get(name)
    if row is None:
        return None
    return {
        "endpoint": name,
        "stats": endpoint_stats(snapshot, row, everything_of(snapshot).total),
        "buckets": row.histogram.buckets(),
        "relative_error": RELATIVE_ERROR,
        "recent_slow_queries": [query for query in slow_queries(snapshot) if query["endpoint"] == name],
        "timestamp": moment(snapshot.wall),
    }


def endpoint_stats(snapshot: Snapshot, row: EndpointSnapshot, all_time: float) -> EndpointStats:
    """Give the row of one endpoint; *all_time* is the time spent serving all of them, in seconds."""
    outcomes = row.outcomes()
    count = row.histogram.count
    p50, p95, p99 = row.histogram.quantiles(0.5, 0.95, 0.99, low=row.minimum, high=row.maximum)
    last = floor(snapshot.monotonic)
    rpm_series = list(map(row.seconds.get, range(last - WINDOW_SECONDS + 1, last + 1), repeat(0)))
    return {
        "total_requests": sum(outcomes),
        "total_errors": snapshot.error_count(outcomes),
        "avg_duration": mean(row.total, count),
        "min_duration": row.minimum if count else None,
        "max_duration": row.maximum if count else None,
        "p50_duration": p50,
        "p95_duration": p95,
        "p99_duration": p99,
        "error_rate": error_rate(snapshot, outcomes),
        "requests_per_minute": sum(rpm_series),
        "slow_queries_count": row.slow,
        "status": status_counts(row),
        "time_share": round(100 * row.total / all_time, 2) if all_time else 0.0,
        "apdex": round((count - row.frustrated - row.tolerating / 2) / count, 4) if count else None,
        "outcomes": outcome_counts(outcomes),
        "first_byte": timing(row.first_byte),
        "rpm_series": rpm_series,
    }


_SORT_KEYS: Final[dict[Sort, Callable[[EndpointStats], float]]] = {
    "time_share": lambda row: row["time_share"],
    "requests": lambda row: row["total_requests"],
    "p95": lambda row: row["p95_duration"] or 0.0,
    "errors": lambda row: row["total_errors"],
    "rpm": lambda row: row["requests_per_minute"],
}


def chosen(
    rows: dict[str, EndpointStats], sort: Sort, limit: int | None, name: str | None
) -> dict[str, EndpointStats]:
    """Order and cut *rows*; *name* keeps the one of that name."""
    if name is not None:
        return {name: rows[name]} if name in rows else {}
    key = _SORT_KEYS[sort]
    return dict(sorted(rows.items(), key=lambda item: (-key(item[1]), item[0]))[:limit])
