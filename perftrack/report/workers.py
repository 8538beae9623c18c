"""The workers that share their numbers."""

from __future__ import annotations

from perftrack.shapes import WorkerStats
from perftrack.snapshot import Snapshot


def worker_stats(snapshot: Snapshot) -> list[WorkerStats]:
    """List the live workers that have seen a request, by process id, with their part of all requests."""
    total = sum(sum(endpoint.outcomes()) for endpoint in snapshot.endpoints.values())
    return [
        {
            "worker": member.pid,
            "uptime_seconds": round(member.uptime, 3),
            "total_requests": member.requests,
            "share": round(100 * member.requests / total, 2) if total else 0.0,
        }
        for member in snapshot.members
    ]
