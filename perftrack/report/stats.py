"""Everything since the start or the last reset, and the last minute beside it."""

from __future__ import annotations

from math import floor
from typing import Final, get_args

from perftrack import shapes
from perftrack.histogram import RELATIVE_ERROR
from perftrack.parameters import Scope, Sort
from perftrack.report.endpoints import chosen, endpoint_stats
from perftrack.report.fields import error_rate, mean, moment, outcome_counts, timing
from perftrack.report.slow import slow_queries
from perftrack.report.totals import added_up, capped, everything_of
from perftrack.shapes import LastMinute, Stats
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import EndpointSnapshot, SecondSnapshot, Streams, WebSockets
from perftrack.window import WINDOW_SECONDS

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


def stats(
    snapshot: Snapshot, sort: Sort = "time_share", limit: int | None = None, endpoint: str | None = None
) -> Stats:
    """Give everything. *sort* orders the rows, *limit* cuts them, *endpoint* keeps the one of that name."""
    snapshot = capped(snapshot)
    everything = everything_of(snapshot)
    outcomes = everything.outcomes()
    rows = {name: endpoint_stats(snapshot, row, everything.total) for name, row in snapshot.endpoints.items()}
    last_minute = _last_minute(snapshot, everything)
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
        "duration": _duration(everything),
        "first_byte": timing(everything.first_byte),
        "queue": timing(snapshot.queue),
        "background": timing(snapshot.background),
        "streams": _streams(snapshot.streams),
        "websockets": _websockets(snapshot.websockets),
        "last_minute": last_minute,
        "relative_error": RELATIVE_ERROR,
        "scope": "host" if snapshot.shared else "process",
        "workers": snapshot.workers,
        "warnings": snapshot.all_warnings(),
        "endpoint_stats": chosen(rows, sort, limit, endpoint),
        "recent_slow_queries": slow_queries(snapshot),
    }


def _duration(everything: EndpointSnapshot) -> shapes.Duration:
    count, low, high = everything.histogram.count, everything.minimum, everything.maximum
    p50, p90, p95, p99, p999 = everything.histogram.quantiles(0.5, 0.9, 0.95, 0.99, 0.999, low=low, high=high)
    return {
        "count": count,
        "avg": mean(everything.total, count),
        "min": low if count else None,
        "max": high if count else None,
        "p50": p50,
        "p90": p90,
        "p95": p95,
        "p99": p99,
        "p999": p999,
    }


def _streams(streams: Streams) -> shapes.Streams:
    return {"open": streams.open, "finished": streams.finished, "connection_time": streams.connection_time}


def _websockets(websockets: WebSockets) -> shapes.WebSockets:
    return {
        "opened": websockets.opened,
        "open": websockets.open,
        "rejected": websockets.rejected,
        "close_codes": dict(sorted(websockets.close_codes.items())),
        "connection_time": websockets.connection_time,
        "messages_in": websockets.messages_in,
        "messages_out": websockets.messages_out,
    }


def _last_minute(snapshot: Snapshot, everything: EndpointSnapshot) -> LastMinute:
    last = floor(snapshot.monotonic)
    seconds = [second for number, second in snapshot.seconds.items() if last - WINDOW_SECONDS < number <= last]
    outcomes = [sum(column) for column in zip(SecondSnapshot().outcomes, *(s.outcomes for s in seconds), strict=True)]
    histogram = added_up(second.histogram for second in seconds)
    p50, p95, p99 = histogram.quantiles(0.5, 0.95, 0.99, low=everything.minimum, high=everything.maximum)
    return {
        "requests": sum(outcomes),
        "errors": snapshot.error_count(outcomes),
        "error_rate": error_rate(snapshot, outcomes),
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }
