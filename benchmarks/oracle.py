"""The plain oracle: it keeps every request and works every number out from all of them, as DESIGN's words have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isclose
from operator import itemgetter
from typing import Any, cast

from benchmarks.load import START, Finished, Load, finished

MINUTE, SLOT, SLOTS, HEALTH_SLOTS = 60, 10, 360, 30
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
BOUND, COARSE_BOUND = 0.0055, 0.044
"""Relative errors that the payloads state."""

SUM_BOUND = 1e-9
"""Relative error of a sum of floats, which depends on their order."""


@dataclass(frozen=True, slots=True)
class Near:
    """A number that may be off by *bound* times itself."""

    value: float
    bound: float

    def fits(self, actual: object) -> bool:
        """Tell whether *actual* is near enough."""
        return isinstance(actual, float | int) and isclose(actual, self.value, rel_tol=self.bound, abs_tol=1e-12)


class Oracle:
    """All requests that were recorded."""

    def __init__(self, slow_threshold: float = 1.0, apdex_threshold: float = 0.5) -> None:
        self.slow_threshold = slow_threshold
        self.apdex_threshold = apdex_threshold
        self.requests: list[Finished] = []

    @classmethod
    def of_rounds(cls, load: Load, rounds: int) -> Oracle:
        """Take the requests of so many rounds of *load*."""
        oracle, requests, start = cls(), load.draw(), START
        for _ in range(rounds):
            oracle.requests += finished(requests, start, load.step)
            start = oracle.requests[-1][-1]
        return oracle

    def stats(self, now: float, with_first_byte: bool) -> dict[str, Any]:
        """Work out what `stats` has to say at *now*."""
        rows: dict[str, list[Finished]] = {}
        for request in self.requests:
            rows.setdefault(f"GET {request[0]}", []).append(request)
        everything = sum(request[2] for request in self.requests)
        minute = [request for request in self.requests if floor(request[4]) > floor(now) - MINUTE]
        errors = sum(request[1] >= 400 for request in minute)
        return {
            **self._common(self.requests, with_first_byte),
            "requests_per_minute": len(minute),
            "in_flight": 0,
            "oldest_in_flight_seconds": None,
            "lost_in_flight": 0,
            "queue": {"count": 0, "avg": None, "max": None},
            "background": {"count": 0, "avg": None, "max": None},
            "streams": {"open": 0, "finished": 0, "connection_time": 0.0},
            "warnings": [],
            "duration": _duration([request[2] for request in self.requests]),
            "last_minute": {
                "requests": len(minute),
                "errors": errors,
                "error_rate": _percent(errors, len(minute)),
                **_percentiles([request[2] for request in minute], ("p50", "p95", "p99"), BOUND),
            },
            "endpoint_stats": {
                name: self._row(requests, now, everything, with_first_byte) for name, requests in rows.items()
            },
        }

    def series(self, now: float) -> list[dict[str, Any]]:
        """Work out the slots of `series` at *now*, oldest first."""
        slots: dict[int, list[Finished]] = {}
        for request in self.requests:
            slots.setdefault(floor(request[4]) // SLOT, []).append(request)
        last = floor(now) // SLOT
        return [self._slot(slots.get(number, [])) for number in range(last - SLOTS + 1, last + 1)]

    def slow_queries(self, most: int, with_first_byte: bool) -> list[dict[str, Any]]:
        """Work out the slow log: the last *most* slow requests, by duration."""
        slow = [request for request in self.requests if request[2] > self.slow_threshold]
        return [
            {
                "endpoint": f"GET {route}",
                "path": route,
                "status": status,
                "duration": duration,
                "first_byte": first_byte if with_first_byte else None,
                "outcome": _outcome(status),
            }
            for route, status, duration, first_byte, _ in sorted(slow[-most:], key=itemgetter(2))
        ]

    def health(self, now: float) -> dict[str, Any]:
        """Work out the numbers that the verdict is made of: those of the last HEALTH_SLOTS slots."""
        first = floor(now) // SLOT - HEALTH_SLOTS + 1
        window = [request for request in self.requests if floor(request[4]) // SLOT >= first]
        errors = sum(request[1] >= 400 for request in window)
        return {
            "metrics": {"total_requests": len(self.requests)},
            "window": {
                "requests": len(window),
                "judged": len(window),
                "error_rate": _percent(errors, len(window)),
                "slow_queries": sum(request[2] > self.slow_threshold for request in window),
            },
            "warnings": [],
        }

    def _common(self, requests: list[Finished], with_first_byte: bool) -> dict[str, Any]:
        outcomes = Counter(_outcome(request[1]) for request in requests)
        errors = outcomes["client_error"] + outcomes["server_error"]
        first_bytes = [request[3] for request in requests] if with_first_byte else []
        return {
            "total_requests": len(requests),
            "total_errors": errors,
            "error_rate": _percent(errors, len(requests)),
            "slow_queries_count": sum(request[2] > self.slow_threshold for request in requests),
            "outcomes": {name: outcomes[name] for name in ("ok", "client_error", "server_error", "client_left")},
            "first_byte": {
                "count": len(first_bytes),
                "avg": _mean(first_bytes) if first_bytes else None,
                "max": max(first_bytes, default=None),
            },
        }

    def _row(self, requests: list[Finished], now: float, everything: float, with_first_byte: bool) -> dict[str, Any]:
        durations = [request[2] for request in requests]
        percentiles = _percentiles(durations, ("p50", "p95", "p99"), BOUND)
        seconds = Counter(floor(request[4]) for request in requests)
        rpm_series = [seconds[second] for second in range(floor(now) - MINUTE + 1, floor(now) + 1)]
        share = 100 * sum(durations) / everything
        return {
            **self._common(requests, with_first_byte),
            **{f"{name}_duration": value for name, value in percentiles.items()},
            "avg_duration": _mean(durations),
            "min_duration": min(durations),
            "max_duration": max(durations),
            "requests_per_minute": sum(rpm_series),
            "rpm_series": rpm_series,
            "status": {str(status): count for status, count in Counter(request[1] for request in requests).items()},
            "time_share": Near(share, 0.0051 / share),  # rounded to two places
            "apdex": round(sum(map(self._satisfaction, requests)) / len(requests), 4),
        }

    def _satisfaction(self, request: Finished) -> float:
        if request[1] >= 400 or request[2] > 4 * self.apdex_threshold:
            return 0.0
        return 1.0 if request[2] <= self.apdex_threshold else 0.5

    def _slot(self, requests: list[Finished]) -> dict[str, Any]:
        durations = [request[2] for request in requests]
        outcomes = Counter(_outcome(request[1]) for request in requests)
        return {
            "requests": len(requests),
            "errors": outcomes["client_error"] + outcomes["server_error"],
            **{name: outcomes[name] for name in ("ok", "client_error", "server_error", "client_left")},
            "slow": sum(duration > self.slow_threshold for duration in durations),
            "max": max(durations, default=None),
            "busy_seconds": Near(sum(durations), SUM_BOUND),
            **_percentiles(durations, ("p50", "p95", "p99"), COARSE_BOUND),
        }


class Checks:
    """What was compared, and what differed."""

    def __init__(self) -> None:
        self.compared = 0
        self.differences: list[str] = []

    def compare(self, where: str, expected: object, actual: object) -> None:
        """Compare every number of *expected* with the one in the same place of *actual*."""
        pairs = _pairs(expected, actual)
        if pairs is not None:
            for key, inner, inner_actual in pairs:
                self.compare(f"{where}/{key}", inner, inner_actual)
            return
        self.compared += 1
        fits = expected.fits(actual) if isinstance(expected, Near) else expected == actual
        if not fits:
            self.differences.append(f"{where} is {actual!r}, the oracle has {expected!r}")


def _pairs(expected: object, actual: object) -> list[tuple[object, object, object]] | None:
    """Put what two containers hold side by side; None for what is compared as a whole."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        wanted, given = cast("dict[str, object]", expected), cast("dict[str, object]", actual)
        return [(key, value, given.get(key, "missing")) for key, value in wanted.items()]
    if isinstance(expected, list) and isinstance(actual, list):
        series, given_series = cast("list[object]", expected), cast("list[object]", actual)
        if len(series) == len(given_series):
            return list(zip(range(len(series)), series, given_series, strict=True))
    return None


def _outcome(status: int) -> str:
    if status >= 500:
        return "server_error"
    return "client_error" if status >= 400 else "ok"


def _duration(durations: list[float]) -> dict[str, object]:
    return {
        "count": len(durations),
        "avg": _mean(durations),
        "min": min(durations),
        "max": max(durations),
        **_percentiles(durations, PERCENTILES, BOUND),
    }


def _percentiles(durations: list[float], names: Iterable[str], bound: float) -> dict[str, Near | None]:
    """Take percentiles by nearest rank."""
    ranked = sorted(durations)
    if not ranked:
        return dict.fromkeys(names)
    ranks = {name: max(1, ceil(round(PERCENTILES[name] * len(ranked), 6))) for name in names}
    return {name: Near(ranked[rank - 1], bound) for name, rank in ranks.items()}


def _mean(values: list[float]) -> Near:
    return Near(sum(values) / len(values), SUM_BOUND)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)
