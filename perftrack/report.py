"""Snapshot -> the JSON shapes of the admin contract. Percentages, percentiles and windows are worked out here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone
from math import floor
from typing import Any, Final, get_args

from perftrack.health import HealthPolicy
from perftrack.histogram import COARSE_RELATIVE_ERROR, RELATIVE_ERROR, Histogram
from perftrack.labels import OTHER_METHOD, OVERFLOW, UNMATCHED, endpoint_name
from perftrack.outcomes import NO_STATUS
from perftrack.shapes import (
    CacheStats,
    Duration,
    EndpointDetail,
    EndpointStats,
    Health,
    LastMinute,
    Outcomes,
    Series,
    SeriesSlot,
    SlowQuery,
    Sort,
    Stats,
    Timing,
)
from perftrack.snapshot import (
    SLOT_SECONDS,
    SLOTS,
    EndpointSnapshot,
    SecondSnapshot,
    SlotSnapshot,
    SlowRequest,
    Snapshot,
    TimingSum,
    judged,
)
from perftrack.window import WINDOW_SECONDS

SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
"""Orders of the endpoints, each largest first."""

BAND_OCTAVES: Final = range(-10, 5)
"""The heat map's bands end at 2 ** n seconds for these n: 1 ms, 2 ms … 16 s; one more holds the rest."""


def moment(wall: float) -> str:
    """Write a time, given in seconds since 1970, as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(floor(wall), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def stats(
    snapshot: Snapshot, sort: Sort = "time_share", limit: int | None = None, endpoint: str | None = None
) -> Stats:
    """Give everything. *sort* orders the rows, *limit* cuts them, *endpoint* keeps the one of that name."""
    snapshot = capped(snapshot)
    everything = _everything(snapshot)
    outcomes = everything.outcomes()
    rows = {name: _endpoint_stats(snapshot, row, everything.total) for name, row in snapshot.endpoints.items()}
    low, high = everything.minimum, everything.maximum
    p50, p90, p95, p99, p999 = everything.histogram.quantiles(0.5, 0.9, 0.95, 0.99, 0.999, low=low, high=high)
    count = everything.histogram.count
    last_minute = _last_minute(snapshot, low, high)
    return {
        "total_requests": sum(outcomes),
        "total_errors": snapshot.error_count(outcomes),
        "error_rate": _error_rate(snapshot, outcomes),
        "slow_queries_count": everything.slow,
        "requests_per_minute": last_minute["requests"],
        "uptime_seconds": round(snapshot.uptime, 3),
        "since": moment(snapshot.since),
        "timestamp": moment(snapshot.wall),
        "in_flight": snapshot.in_flight,
        "oldest_in_flight_seconds": snapshot.oldest_in_flight,
        "lost_in_flight": snapshot.lost_in_flight,
        "outcomes": _outcomes(outcomes),
        "duration": Duration(
            count=count,
            avg=_mean(everything.total, count),
            min=low if count else None,
            max=high if count else None,
            p50=p50,
            p90=p90,
            p95=p95,
            p99=p99,
            p999=p999,
        ),
        "first_byte": _timing(everything.first_byte),
        "queue": _timing(snapshot.queue),
        "background": _timing(snapshot.background),
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
        "endpoint_stats": _chosen(rows, sort, limit, endpoint),
        "recent_slow_queries": slow_queries(snapshot),
    }


def endpoint(snapshot: Snapshot, name: str) -> EndpointDetail | None:
    """Give one endpoint with its distribution; None when there is no endpoint of that name."""
    snapshot = capped(snapshot)
    row = snapshot.endpoints.get(name)
    if row is None:
        return None
    return {
        "endpoint": name,
        "stats": _endpoint_stats(snapshot, row, _everything(snapshot).total),
        "buckets": row.histogram.buckets(),
        "relative_error": RELATIVE_ERROR,
        "recent_slow_queries": [query for query in slow_queries(snapshot) if query["endpoint"] == name],
        "timestamp": moment(snapshot.wall),
    }


def health(snapshot: Snapshot, policy: HealthPolicy) -> Health:
    """Give the verdict of *policy* and what it rests on."""
    verdict = policy.judge(snapshot)
    everything = _everything(snapshot)
    outcomes = everything.outcomes()
    hours, minutes = divmod(floor(snapshot.uptime / 60), 60)
    return {
        "status": verdict.status,
        "timestamp": moment(snapshot.wall),
        "metrics": {
            "total_requests": sum(outcomes),
            "error_rate": _error_rate(snapshot, outcomes),
            "slow_queries": everything.slow,
            "uptime": f"{hours}h {minutes}m",
        },
        "window": {
            "seconds": policy.health_window,
            "requests": verdict.window.requests,
            "judged": verdict.window.judged,
            "error_rate": round(verdict.window.error_rate, 2),
            "slow_queries": verdict.window.slow,
        },
        "reasons": verdict.reasons,
        "warnings": verdict.warnings,
        "cache_status": "shared-memory" if snapshot.shared else "in-memory",
    }


def series(snapshot: Snapshot) -> Series:
    """Give the last hour by ten seconds."""
    current = floor(snapshot.monotonic / SLOT_SECONDS)
    offset = snapshot.wall - snapshot.monotonic
    empty = SlotSnapshot()
    return {
        "slot_seconds": SLOT_SECONDS,
        "relative_error": COARSE_RELATIVE_ERROR,
        "bands": [*(2.0**octave for octave in BAND_OCTAVES), None],
        "slots": [
            _series_slot(snapshot, snapshot.slots.get(number, empty), number * SLOT_SECONDS + offset)
            for number in range(current - SLOTS + 1, current + 1)
        ],
        "timestamp": moment(snapshot.wall),
    }


def slow_queries(snapshot: Snapshot, limit: int | None = None) -> list[SlowQuery]:
    """List the slow requests of the log, newest first."""
    return [_slow_query(snapshot, request) for request in snapshot.slow_requests[:limit]]


def cache_stats(snapshot: Snapshot) -> CacheStats:
    """Give the registered caches and perftrack's own store."""
    return {
        "caches": {},
        "totals": {"hits": 0, "misses": 0, "hit_rate": 0.0},
        "store": {
            "cache_status": "shared-memory" if snapshot.shared else "in-memory",
            "endpoints": len(snapshot.endpoints),
            "bytes": snapshot.bytes,
        },
        "timestamp": moment(snapshot.wall),
    }


def capped(snapshot: Snapshot) -> Snapshot:
    """Cut the endpoints of a merged snapshot to `max_endpoints`: most requests stay, the rest goes to overflow.

    Done by the reader and not by the merge, which would then depend on the order of merging.
    """
    named = [row for row in snapshot.endpoints.values() if row.route not in (UNMATCHED, OVERFLOW)]
    if len(named) <= snapshot.max_endpoints:
        return snapshot
    named.sort(key=lambda row: (-sum(row.statuses.values()), row.name))
    rows = {name: row for name, row in snapshot.endpoints.items() if row.route in (UNMATCHED, OVERFLOW)}
    rows.update({row.name: row for row in named[: snapshot.max_endpoints]})
    overflow = rows.get(endpoint_name(OTHER_METHOD, OVERFLOW), EndpointSnapshot(OTHER_METHOD, OVERFLOW))
    for row in named[snapshot.max_endpoints :]:
        overflow = overflow.merge(row)
    rows[overflow.name] = overflow
    warning = f"more than {snapshot.max_endpoints} endpoints: the rest is counted in {overflow.name}"
    return replace(snapshot, endpoints=rows, warnings=snapshot.warnings | {warning})


def _everything(snapshot: Snapshot) -> EndpointSnapshot:
    """Add all endpoints up. The histogram is added page by page here: pairwise merging would copy it each time."""
    rows = snapshot.endpoints.values()
    total = EndpointSnapshot("", "")
    for row in rows:
        total = total.merge(replace(row, histogram=Histogram(), seconds={}))
    return replace(total, histogram=_added_up([row.histogram for row in rows]))


def _added_up(histograms: Iterable[Histogram]) -> Histogram:
    pages: dict[int, list[Any]] = {}
    for histogram in histograms:
        for octave, page in histogram.pages.items():
            pages.setdefault(octave, []).append(page)
    return Histogram({octave: list(map(sum, zip(*same, strict=True))) for octave, same in pages.items()})


def _endpoint_stats(snapshot: Snapshot, row: EndpointSnapshot, all_time: float) -> EndpointStats:
    outcomes = row.outcomes()
    count = row.histogram.count
    p50, p95, p99 = row.histogram.quantiles(0.5, 0.95, 0.99, low=row.minimum, high=row.maximum)
    last = floor(snapshot.monotonic)
    rpm_series = [row.seconds.get(second, 0) for second in range(last - WINDOW_SECONDS + 1, last + 1)]
    return {
        "total_requests": sum(outcomes),
        "total_errors": snapshot.error_count(outcomes),
        "avg_duration": _mean(row.total, count),
        "min_duration": row.minimum if count else None,
        "max_duration": row.maximum if count else None,
        "p50_duration": p50,
        "p95_duration": p95,
        "p99_duration": p99,
        "error_rate": _error_rate(snapshot, outcomes),
        "requests_per_minute": sum(rpm_series),
        "slow_queries_count": row.slow,
        "status": _statuses(row),
        "time_share": round(100 * row.total / all_time, 2) if all_time else 0.0,
        "apdex": round((count - row.frustrated - row.tolerating / 2) / count, 4) if count else None,
        "outcomes": _outcomes(outcomes),
        "first_byte": _timing(row.first_byte),
        "rpm_series": rpm_series,
    }


_SORT_KEYS: Final[dict[Sort, Callable[[EndpointStats], float]]] = {
    "time_share": lambda row: row["time_share"],
    "requests": lambda row: row["total_requests"],
    "p95": lambda row: row["p95_duration"] or 0.0,
    "errors": lambda row: row["total_errors"],
    "rpm": lambda row: row["requests_per_minute"],
}


def _chosen(
    rows: dict[str, EndpointStats], sort: Sort, limit: int | None, name: str | None
) -> dict[str, EndpointStats]:
    if name is not None:
        return {name: rows[name]} if name in rows else {}
    key = _SORT_KEYS[sort]
    return dict(sorted(rows.items(), key=lambda item: (-key(item[1]), item[0]))[:limit])


def _last_minute(snapshot: Snapshot, low: float, high: float) -> LastMinute:
    last = floor(snapshot.monotonic)
    seconds = [second for number, second in snapshot.seconds.items() if last - WINDOW_SECONDS < number <= last]
    outcomes = [sum(column) for column in zip(SecondSnapshot().outcomes, *(s.outcomes for s in seconds), strict=True)]
    histogram = _added_up(second.histogram for second in seconds)
    p50, p95, p99 = histogram.quantiles(0.5, 0.95, 0.99, low=low, high=high)
    return {
        "requests": sum(outcomes),
        "errors": snapshot.error_count(outcomes),
        "error_rate": _error_rate(snapshot, outcomes),
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }


def _series_slot(snapshot: Snapshot, slot: SlotSnapshot, wall: float) -> SeriesSlot:
    requests = sum(slot.outcomes)
    timed = slot.histogram.count
    p50, p95, p99 = slot.histogram.quantiles(0.5, 0.95, 0.99, low=0.0, high=slot.maximum)
    ok, client_error, server_error, client_left = slot.outcomes
    return {
        "timestamp": moment(wall),
        "requests": requests,
        "errors": snapshot.error_count(slot.outcomes),
        "ok": ok,
        "client_error": client_error,
        "server_error": server_error,
        "client_left": client_left,
        "slow": slot.slow,
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "max": slot.maximum if timed else None,
        "busy_seconds": slot.busy_seconds,
        "in_flight_peak": slot.in_flight_peak if requests or slot.in_flight_peak else None,
        "bands": _bands(slot.histogram),
    }


def _bands(histogram: Histogram) -> list[int]:
    bands = [0] * (len(BAND_OCTAVES) + 1)
    for octave, count in histogram.count_by_octave().items():
        bands[min(max(octave + 1 - BAND_OCTAVES.start, 0), len(BAND_OCTAVES))] += count
    return bands


def _slow_query(snapshot: Snapshot, request: SlowRequest) -> SlowQuery:
    return {
        "endpoint": endpoint_name(request.method, request.route),
        "method": request.method,
        "path": request.path,
        "status": None if request.status == NO_STATUS else request.status,
        "duration": request.duration,
        "first_byte": None if request.first_byte < 0 else request.first_byte,
        "outcome": request.outcome_name,
        "timestamp": moment(request.wall),
        "worker": request.worker,
    }


def _statuses(row: EndpointSnapshot) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (_, status), count in sorted(row.statuses.items(), key=lambda item: item[0][1]):
        name = "none" if status == NO_STATUS else str(status)
        counts[name] = counts.get(name, 0) + count
    return counts


def _outcomes(counts: list[int]) -> Outcomes:
    ok, client_error, server_error, client_left = counts
    return {"ok": ok, "client_error": client_error, "server_error": server_error, "client_left": client_left}


def _error_rate(snapshot: Snapshot, outcomes: list[int]) -> float:
    return round(100 * snapshot.error_count(outcomes) / judged(outcomes), 2) if judged(outcomes) else 0.0


def _timing(timing: TimingSum) -> Timing:
    return {
        "count": timing.count,
        "avg": _mean(timing.total, timing.count),
        "max": timing.maximum if timing.count else None,
    }


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None
