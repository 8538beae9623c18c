"""The same numbers as the tracker's, worked out from nothing but the list of all requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, fsum, isclose

from perftrack import shapes
from perftrack.histogram import COARSE_RELATIVE_ERROR, RELATIVE_ERROR
from perftrack.labels import UNMATCHED

OUTCOMES = ("ok", "client_error", "server_error", "client_left")
BAND_ENDS = [2.0**octave for octave in range(-10, 5)]
NANOSECOND = 1e-9


@dataclass(frozen=True)
class Request:
    """One finished request as the test saw it."""

    endpoint: str
    status: int
    outcome: str
    duration: float | None
    first_byte: float | None
    finish: float


def nearest_rank(values: list[float], quantile: str) -> float:
    """Give the value number ceil(q × n) in order of size, worked out without rounding."""
    return sorted(values)[max(1, ceil(Fraction(quantile) * len(values))) - 1]


def check_quantile(found: float | None, values: list[float], quantile: str, error: float = RELATIVE_ERROR) -> None:
    """Hold a percentile to its promise; a nanosecond is the resolution around 0."""
    if not values:
        assert found is None
        return
    exact = nearest_rank(values, quantile)
    assert found is not None
    assert abs(found - exact) <= error * exact + NANOSECOND, (quantile, exact, found)


def same(found: float | None, expected: float | None, tolerance: float = 0.0) -> bool:
    """Tell whether two numbers are equal but for the order of adding up, or both None."""
    if found is None or expected is None:
        return found is expected
    return isclose(found, expected, abs_tol=tolerance)


@dataclass(frozen=True)
class Oracle:
    """Answers about *requests*, all since the last reset, at *now* by the monotonic clock."""

    requests: list[Request]
    now: float
    errors: str

    def count_errors(self, requests: Iterable[Request]) -> int:
        """Count the errors, as the setting `errors` has it."""
        names = ("server_error",) if self.errors == "server" else ("client_error", "server_error")
        return sum(request.outcome in names for request in requests)

    def error_rate(self, requests: list[Request]) -> float:
        """Percent of the requests whose client stayed."""
        stayed = sum(request.outcome != "client_left" for request in requests)
        return 100 * self.count_errors(requests) / stayed if stayed else 0.0

    def check_stats(self, stats: shapes.Stats) -> None:
        """Compare all numbers of *stats*."""
        requests = self.requests
        durations = timed(requests)
        assert stats["total_requests"] == len(requests)
        assert stats["total_errors"] == self.count_errors(requests)
        assert stats["error_rate"] == round(self.error_rate(requests), 2)
        assert stats["outcomes"] == outcomes(requests)
        assert stats["slow_queries_count"] == sum(duration > 1.0 for duration in durations)
        assert stats["requests_per_minute"] == stats["last_minute"]["requests"] == len(self._last_minute())
        check_timing(stats["first_byte"], first_bytes(requests))
        found = stats["duration"]
        check_extremes(durations, found["count"], found["avg"], found["min"], found["max"])
        check_quantile(found["p50"], durations, "0.5")
        check_quantile(found["p90"], durations, "0.9")
        check_quantile(found["p95"], durations, "0.95")
        check_quantile(found["p99"], durations, "0.99")
        check_quantile(found["p999"], durations, "0.999")
        self._check_last_minute(stats["last_minute"])
        assert set(stats["endpoint_stats"]) == {request.endpoint for request in requests}
        for name, row in stats["endpoint_stats"].items():
            self._check_row(row, [request for request in requests if request.endpoint == name])

    def _last_minute(self) -> list[Request]:
        return [request for request in self.requests if floor(request.finish) > floor(self.now) - 60]

    def _check_last_minute(self, found: shapes.LastMinute) -> None:
        requests = self._last_minute()
        assert found["errors"] == self.count_errors(requests)
        assert found["error_rate"] == round(self.error_rate(requests), 2)
        check_quantile(found["p50"], timed(requests), "0.5")
        check_quantile(found["p95"], timed(requests), "0.95")
        check_quantile(found["p99"], timed(requests), "0.99")

    def _check_row(self, row: shapes.EndpointStats, requests: list[Request]) -> None:
        durations = timed(requests)
        assert row["total_requests"] == len(requests)
        assert row["total_errors"] == self.count_errors(requests)
        assert row["error_rate"] == round(self.error_rate(requests), 2)
        assert row["outcomes"] == outcomes(requests)
        assert row["status"] == Counter(str(request.status or "none") for request in requests)
        assert row["slow_queries_count"] == sum(duration > 1.0 for duration in durations)
        check_extremes(durations, len(durations), row["avg_duration"], row["min_duration"], row["max_duration"])
        check_timing(row["first_byte"], first_bytes(requests))
        check_quantile(row["p50_duration"], durations, "0.5")
        check_quantile(row["p95_duration"], durations, "0.95")
        check_quantile(row["p99_duration"], durations, "0.99")
        everything = fsum(timed(self.requests))
        share = 100 * fsum(durations) / everything if everything else 0.0
        assert isclose(row["time_share"], share, abs_tol=0.006)
        assert same(row["apdex"], apdex(requests, self.errors), tolerance=0.0001)
        ages = Counter(floor(self.now) - floor(request.finish) for request in requests)
        assert row["rpm_series"] == [ages[age] for age in range(59, -1, -1)]
        assert row["requests_per_minute"] == sum(row["rpm_series"])

    def check_series(self, series: shapes.Series) -> None:
        """Compare all numbers of the last hour."""
        current = floor(self.now / 10)
        assert len(series["slots"]) == 360
        slots: dict[int, list[Request]] = {number: [] for number in range(current - 359, current + 1)}
        for request in self.requests:
            slots.get(floor(request.finish / 10), []).append(request)
        for found, requests in zip(series["slots"], slots.values(), strict=True):
            self._check_slot(found, requests)

    def _check_slot(self, found: shapes.SeriesSlot, requests: list[Request]) -> None:
        durations = timed(requests)
        assert found["requests"] == len(requests)
        assert found["errors"] == self.count_errors(requests)
        expected = outcomes(requests)
        assert (found["ok"], found["client_error"]) == (expected["ok"], expected["client_error"])
        assert (found["server_error"], found["client_left"]) == (expected["server_error"], expected["client_left"])
        assert found["slow"] == sum(duration > 1.0 for duration in durations)
        assert found["max"] == max(durations, default=None)
        assert isclose(found["busy_seconds"], fsum(durations))
        check_quantile(found["p50"], durations, "0.5", COARSE_RELATIVE_ERROR)
        check_quantile(found["p95"], durations, "0.95", COARSE_RELATIVE_ERROR)
        check_quantile(found["p99"], durations, "0.99", COARSE_RELATIVE_ERROR)
        bands = Counter(sum(duration > end for end in BAND_ENDS) for duration in durations)
        assert found["bands"] == [bands[band] for band in range(16)]

    def check_health(self, health: shapes.Health) -> None:
        """Compare the verdict and its window, with the limits of the defaults."""
        window = health["window"]["seconds"]
        first = None if window is None else floor(self.now / 10) - window // 10 + 1
        requests = [request for request in self.requests if not request.endpoint.endswith(UNMATCHED)]
        requests = [request for request in requests if first is None or floor(request.finish / 10) >= first]
        stayed = sum(request.outcome != "client_left" for request in requests)
        slow = sum(duration > 1.0 for duration in timed(requests))
        rate = self.error_rate(requests)
        assert health["window"]["requests"] == len(requests)
        assert health["window"]["judged"] == stayed
        assert health["window"]["error_rate"] == round(rate, 2)
        assert health["window"]["slow_queries"] == slow
        levels = [verdict(slow, 10, 20), verdict(rate, 5, 10) if stayed >= 10 else 0]
        assert health["status"] == ("healthy", "degraded", "unhealthy")[max(levels)]
        assert len(health["reasons"]) == sum(level > 0 for level in levels)


def verdict(value: float, degraded: float, unhealthy: float) -> int:
    """Give 0 for healthy, 1 for degraded, 2 for unhealthy."""
    return (value >= degraded) + (value > unhealthy)


def timed(requests: Iterable[Request]) -> list[float]:
    """List the durations."""
    return [request.duration for request in requests if request.duration is not None]


def first_bytes(requests: Iterable[Request]) -> list[float]:
    """List the times to the first byte."""
    return [request.first_byte for request in requests if request.first_byte is not None]


def outcomes(requests: list[Request]) -> dict[str, int]:
    """Count by outcome."""
    return {name: sum(request.outcome == name for request in requests) for name in OUTCOMES}


def apdex(requests: list[Request], errors: str) -> float | None:
    """Give (satisfied + tolerating / 2) / timed, with *errors* frustrated and a threshold of 0.5 s."""
    names = ("ok", "client_error") if errors == "server" else ("ok",)
    good = timed(request for request in requests if request.outcome in names)
    count = len(timed(requests))
    points = sum((duration <= 0.5) + (duration <= 2.0) for duration in good)
    return points / 2 / count if count else None


def check_extremes(
    durations: list[float], count: int, avg: float | None, low: float | None, high: float | None
) -> None:
    """Compare count, mean, minimum and maximum."""
    assert count == len(durations)
    assert low == min(durations, default=None)
    assert high == max(durations, default=None)
    assert same(avg, fsum(durations) / count if count else None)


def check_timing(found: shapes.Timing, values: list[float]) -> None:
    """Compare a reading that is kept as count, mean and maximum."""
    check_extremes(values, found["count"], found["avg"], min(values, default=None), found["max"])
