"""The verdict and what it rests on."""

from __future__ import annotations

from math import floor

from perftrack.health import HealthPolicy
from perftrack.report.fields import error_rate, moment
from perftrack.report.totals import everything_of
from perftrack.shapes import Health
from perftrack.snapshot import Snapshot


def health(snapshot: Snapshot, policy: HealthPolicy) -> Health:
    """Give the verdict of *policy* and what it rests on."""
    verdict = policy.judge(snapshot)
    everything = everything_of(snapshot)
    outcomes = everything.outcomes()
    hours, minutes = divmod(floor(snapshot.uptime / 60), 60)
    return {
        "status": verdict.status,
        "timestamp": moment(snapshot.wall),
        "metrics": {
            "total_requests": sum(outcomes),
            "error_rate": error_rate(snapshot, outcomes),
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
