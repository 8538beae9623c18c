"""What several answers write in the same way."""

from __future__ import annotations

from datetime import datetime, timezone
from math import floor

from perftrack.outcomes import NO_STATUS
from perftrack.shapes import Outcomes, Timing
from perftrack.snapshot import Snapshot, judged
from perftrack.snapshot_parts import EndpointSnapshot, TimingSum


def moment(wall: float) -> str:
    """Write a time, given in seconds since 1970, as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(floor(wall), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def mean(total: float, count: int) -> float | None:
    """Give the mean; None without a value."""
    return total / count if count else None


def timing(timing: TimingSum) -> Timing:
    """Write a reading that is kept as count, total and maximum."""
    return {
        "count": timing.count,
        "avg": mean(timing.total, timing.count),
        "max": timing.maximum if timing.count else None,
    }


def outcome_counts(counts: list[int]) -> Outcomes:
    """Write counts by outcome with their names."""
    ok, client_error, server_error, client_left = counts
    return {"ok": ok, "client_error": client_error, "server_error": server_error, "client_left": client_left}


def status_counts(row: EndpointSnapshot) -> dict[str, int]:
    """Write the requests by the status sent."""
    counts: dict[str, int] = {}
    for (_, status), count in sorted(row.statuses.items(), key=lambda item: item[0][1]):
        name = "none" if status == NO_STATUS else str(status)
        counts[name] = counts.get(name, 0) + count
    return counts


def error_rate(snapshot: Snapshot, outcomes: list[int]) -> float:
    """Give the errors in percent of the judged requests; 0.0 without one."""
    return round(100 * snapshot.error_count(outcomes) / judged(outcomes), 2) if judged(outcomes) else 0.0
