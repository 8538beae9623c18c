"""Everything since the start or the last reset, and the last minute beside it."""

from __future__ import annotations

from math import floor

from perftrack.histogram import RELATIVE_ERROR
from perftrack.report.endpoints import chosen, endpoint_stats
from perftrack.report.fields import error_rate, mean, moment, outcome_counts, timing
from perftrack.report.slow import slow_queries
from perftrack.report.totals import added_up, capped, everything_of
from perftrack.shapes import Duration, LastMinute, Sort, Stats
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import SecondSnapshot
from perftrack.window import WINDOW_SECONDS


def stats(
    snapshot: Snapshot, sort: Sort = "time_share", limit: int | None = None, endpoint: str | None = None
) -> Stats:
    """Give everything. *sort* orders the rows, *limit* cuts them, *endpoint* keeps the one of that name."""
    snapshot = capped(snapshot)
    everything = everything_of(snapshot)
    outcomes = everything.outcomes()
    rows = {name: endpoint_stats(snapshot, row, everything.total) for name, row in snapshot.endpoints.items()}
    low, high = everything.minimum, everything.maximum
    p50, p90, p95, p99, p999 = everything.histogram.quantiles(0.5, 0.9, 0.95, 0.99, 0.999, low=low, high=high)
    count = everything.histogram.count
    last_minute = _last_minute(snapshot, low, high)
    return {
        "total_requests": sum(outcomes),
        "total_errors": snapshot.error_count(outcomes),
        "error_rate": error_rate(snapshot, outcomes),
        "slow_queries_count": everything.slow,
        "requests_per_minute": last_minute["requests"],
        "uptime_seconds": round(snapshot.uptime, 3),
        "since": moment(snapshot.since),
        "timestamp": moment(snapshot.wall),
        "in_flight": snapshot.in_flight,
        "oldest_in_flight_seconds": snapshot.oldest_in_flight,
        "lost_in_flight": snapshot.lost_in_flight,
        "outcomes": outcome_counts(outcomes),
        "duration": Duration(
            count=count,
            avg=mean(everything.total, count),
            min=low if count else None,
            max=high if count else None,
            p50=p50,
            p90=p90,
            p95=p95,
            p99=p99,
            p999=p999,
        ),
        "first_byte": timing(everything.first_byte),
        "queue": timing(snapshot.queue),
        "background": timing(snapshot.background),
        "streams": {
            "open": snapshot.streams.open,
            "finished": snapshot.streams.finished,
            "connection_time": snapshot.streams.connection_time,
        },
        "websockets": {
            "opened": snapshot.websockets.opened,
            "open": snapshot.websockets.open,
            "rejected": snapshot.websockets.rejected,
            "close_codes": dict(sorted(snapshot.websockets.close_codes.items())),
            "connection_time": snapshot.websockets.connection_time,
            "messages_in": snapshot.websockets.messages_in,
            "messages_out": snapshot.websockets.messages_out,
        },
        "last_minute": last_minute,
        "relative_error": RELATIVE_ERROR,
        "scope": "host" if snapshot.shared else "process",
        "workers": snapshot.workers,
        "warnings": sorted(snapshot.warnings),
        "endpoint_stats": chosen(rows, sort, limit, endpoint),
        "recent_slow_queries": slow_queries(snapshot),
    }


def _last_minute(snapshot: Snapshot, low: float, high: float) -> LastMinute:
    last = floor(snapshot.monotonic)
    seconds = [second for number, second in snapshot.seconds.items() if last - WINDOW_SECONDS < number <= last]
    outcomes = [sum(column) for column in zip(SecondSnapshot().outcomes, *(s.outcomes for s in seconds), strict=True)]
    histogram = added_up(second.histogram for second in seconds)
    p50, p95, p99 = histogram.quantiles(0.5, 0.95, 0.99, low=low, high=high)
    return {
        "requests": sum(outcomes),
        "errors": snapshot.error_count(outcomes),
        "error_rate": error_rate(snapshot, outcomes),
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }
