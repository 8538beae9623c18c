"""The log of slow requests."""

from __future__ import annotations

from perftrack.counted import SlowRequest
from perftrack.labels import endpoint_name
from perftrack.outcomes import NO_STATUS
from perftrack.report.fields import moment
from perftrack.shapes import SlowQuery
from perftrack.snapshot import Snapshot


def slow_queries(snapshot: Snapshot, limit: int | None = None) -> list[SlowQuery]:
    """List the slow requests of the log, newest first."""
    return [_slow_query(snapshot, request) for request in snapshot.slow_requests[:limit]]


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
