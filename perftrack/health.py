"""HealthPolicy: Snapshot -> healthy, degraded or unhealthy, with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Literal, get_args

from perftrack.outcomes import OUTCOME_NAMES
from perftrack.settings import Settings
from perftrack.shapes import HealthReason, Status
from perftrack.snapshot import Snapshot, judged
from perftrack.window import SLOT_SECONDS

TOO_FEW = "too few requests"
"""The warning that the error rate was not judged."""

Metric = Literal["error_rate", "slow_queries"]


@dataclass(frozen=True, slots=True)
class JudgedWindow:
    """The numbers that a verdict rests on; requests without a route are left out."""

    requests: int
    judged: int
    errors: int
    slow: int
    errors_by_endpoint: Counter[str]
    slow_by_endpoint: Counter[str]

    @property
    def error_rate(self) -> float:
        """Percent of the judged requests, not rounded; 0.0 without one."""
        return 100 * self.errors / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, the window it was judged on, and what speaks against healthy."""

    status: Status
    window: JudgedWindow
    reasons: list[HealthReason]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """The limits, all settings of the same names.

    Below both degraded limits the app is healthy, above an unhealthy limit it is unhealthy, between them, both ends
    included, it is degraded.
    """

    health_window: int | None = 300
    health_min_requests: int = 10
    degraded_error_rate: float = 5.0
    unhealthy_error_rate: float = 10.0
    degraded_slow_queries: int = 10
    unhealthy_slow_queries: int = 20

    @classmethod
    def of(cls, settings: Settings) -> HealthPolicy:
        """Take the limits from *settings*."""
        return cls(**{name: getattr(settings, name) for name in cls.__slots__})

    def judge(self, snapshot: Snapshot) -> Verdict:
        """Judge the last `health_window` seconds: the current slot of ten seconds and those before it."""
        window = _since_start(snapshot) if self.health_window is None else _last(snapshot, self.health_window)
        reasons: list[HealthReason] = []
        warnings = snapshot.all_warnings()
        if window.judged < self.health_min_requests:
            warnings.append(TOO_FEW)
        else:
            reasons += self._reasons("error_rate", window.error_rate, window.errors_by_endpoint)
        reasons += self._reasons("slow_queries", window.slow, window.slow_by_endpoint)
        statuses = get_args(Status)
        worst = max((statuses.index(reason["status"]) for reason in reasons), default=0)
        return Verdict(statuses[worst], window, reasons, warnings)

    def _reasons(self, metric: Metric, value: float, by_endpoint: Counter[str]) -> Iterable[HealthReason]:
        degraded: float = getattr(self, f"degraded_{metric}")
        unhealthy: float = getattr(self, f"unhealthy_{metric}")
        if value < degraded:
            return
        status: Status = "unhealthy" if value > unhealthy else "degraded"
        limit = unhealthy if status == "unhealthy" else degraded
        # by count, then by name, so that all workers name the same one
        endpoint, count = max(by_endpoint.items(), key=lambda item: (item[1], item[0]), default=(None, 0))
        yield {
            "metric": metric,
            "status": status,
            "value": round(value, 2),
            "limit": limit,
            "endpoint": endpoint,
            "endpoint_count": count,
            "message": _message(metric, value, limit, status, endpoint, count),
        }


def _message(metric: Metric, value: float, limit: float, status: Status, endpoint: str | None, count: int) -> str:
    relation = "is over" if status == "unhealthy" else "has reached"
    if metric == "error_rate":
        what, unit = f"the error rate of {value:.2f} % {relation} {limit:g} %", "errors"
    else:
        what, unit = f"the number of slow requests, {value:g}, {relation} {limit:g}", "slow requests"
    return what if endpoint is None else f"{what}; most come from {endpoint} ({count} {unit})"


def _last(snapshot: Snapshot, seconds: int) -> JudgedWindow:
    current = floor(snapshot.monotonic / SLOT_SECONDS)
    first = current - seconds // SLOT_SECONDS + 1
    slots = [slot for number, slot in snapshot.slots.items() if first <= number <= current]
    outcomes = [0] * len(OUTCOME_NAMES)
    errors, slow = Counter[str](), Counter[str]()
    for slot in slots:
        outcomes = [a + b - c for a, b, c in zip(outcomes, slot.outcomes, slot.unmatched, strict=True)]
        for name, blame in slot.blame.items():
            errors[name] += snapshot.error_count((0, blame.client_errors, blame.server_errors, 0))
            slow[name] += blame.slow
    return JudgedWindow(
        sum(outcomes),
        judged(outcomes),
        snapshot.error_count(outcomes),
        sum(slot.slow - slot.unmatched_slow for slot in slots),
        +errors,
        +slow,
    )


def _since_start(snapshot: Snapshot) -> JudgedWindow:
    matched = [endpoint for endpoint in snapshot.endpoints.values() if endpoint.matched]
    outcomes = [sum(column) for column in zip(*(endpoint.outcomes() for endpoint in matched), strict=True)]
    outcomes = outcomes or [0] * len(OUTCOME_NAMES)
    return JudgedWindow(
        sum(outcomes),
        judged(outcomes),
        snapshot.error_count(outcomes),
        sum(endpoint.slow for endpoint in matched),
        +Counter({endpoint.name: snapshot.error_count(endpoint.outcomes()) for endpoint in matched}),
        +Counter({endpoint.name: endpoint.slow for endpoint in matched}),
    )
