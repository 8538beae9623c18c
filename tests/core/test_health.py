"""The verdict changes exactly at its limits, over exactly its window, and names who is to blame."""

from __future__ import annotations

from typing import Any

import pytest

from perftrack import HealthPolicy, PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.health import TOO_FEW
from perftrack.labels import UNMATCHED
from perftrack.shapes import Health
from tests.support import FakeClock


def judged(errors: int, requests: int, slow: int = 0, **settings: Any) -> Health:
    """Judge *requests* of which so many were server errors and so many slow."""
    tracker = PerformanceTracker(clock=FakeClock(), **settings)
    for number in range(requests):
        tracker.record("GET", "/", 500 if number < errors else 200, 1.5 if number < slow else 0.1)
    return tracker.health()


@pytest.mark.parametrize(
    ("errors", "requests", "status"),
    [
        (0, 100, "healthy"),
        (4, 100, "healthy"),
        (499, 10_000, "healthy"),
        (5, 100, "degraded"),
        (1, 20, "degraded"),
        (7, 140, "degraded"),
        (10, 100, "degraded"),
        (1, 10, "degraded"),
        (3, 30, "degraded"),
        (1001, 10_000, "unhealthy"),
        (11, 100, "unhealthy"),
        (100, 100, "unhealthy"),
    ],
)
def test_error_rate_limits(errors: int, requests: int, status: str) -> None:
    """Healthy below 5 %, unhealthy above 10 %, degraded between, with both ends."""
    assert judged(errors, requests)["status"] == status


@pytest.mark.parametrize(
    ("slow", "status"),
    [(0, "healthy"), (9, "healthy"), (10, "degraded"), (20, "degraded"), (21, "unhealthy"), (99, "unhealthy")],
)
def test_slow_request_limits(slow: int, status: str) -> None:
    """Healthy below 10 slow requests, unhealthy above 20, degraded between, with both ends."""
    assert judged(0, 100, slow)["status"] == status


@pytest.mark.parametrize(("requests", "status"), [(9, "healthy"), (10, "unhealthy")])
def test_the_error_rate_needs_enough_requests(requests: int, status: str) -> None:
    """Below `health_min_requests` the error rate is not judged, and a warning says so; from there on it is."""
    health = judged(requests, requests)
    assert health["status"] == status
    assert (TOO_FEW in health["warnings"]) == (requests < 10)


def test_slow_requests_are_judged_however_few_they_are() -> None:
    """The minimum number of requests concerns the error rate only."""
    assert judged(0, 2, 2, degraded_slow_queries=1, unhealthy_slow_queries=1)["status"] == "unhealthy"


def test_all_limits_are_settings() -> None:
    """Other limits than the defaults hold, a fraction of a percent too, and the reason shows them."""
    limits: dict[str, Any] = {"degraded_error_rate": 0.1, "unhealthy_error_rate": 0.2, "health_min_requests": 1}
    assert judged(1, 1001, **limits)["status"] == "healthy"
    assert judged(1, 1000, **limits)["status"] == "degraded"
    assert judged(1, 500, **limits)["status"] == "degraded"
    reason = judged(1, 499, **limits)["reasons"][0]
    assert (reason["status"], reason["limit"], reason["value"]) == ("unhealthy", 0.2, 0.2)


@pytest.mark.parametrize("window", [300, None])
def test_requests_without_a_route_are_not_judged(window: int | None) -> None:
    """A scanner of URLs, failing and slow, stays in the totals but takes nothing out of rotation."""
    tracker = PerformanceTracker(clock=FakeClock(), health_window=window)
    for _ in range(50):
        tracker.record("GET", UNMATCHED, 404, 3.0)
        tracker.record("GET", "/", 200, 0.1)
    health = tracker.health()
    assert (health["status"], health["reasons"]) == ("healthy", [])
    assert (health["window"]["requests"], health["window"]["slow_queries"]) == (50, 0)
    assert (health["metrics"]["total_requests"], health["metrics"]["slow_queries"]) == (100, 50)
    assert health["metrics"]["error_rate"] == 50.0


@pytest.mark.parametrize("window", [300, None])
def test_clients_that_left_are_no_denominator(window: int | None) -> None:
    """Ten errors of a hundred that stayed are 10 %, however many left, and those that left are not enough to judge."""
    tracker = PerformanceTracker(clock=FakeClock(), health_window=window)
    for _ in range(400):
        begin(Exchange, tracker, lambda _: "/", {}, "GET", "/").left()
    assert TOO_FEW in tracker.health()["warnings"]
    for number in range(100):
        tracker.record("GET", "/", 500 if number < 10 else 200, 0.1)
    health = tracker.health()
    assert health["status"] == "degraded"
    assert (health["window"]["requests"], health["window"]["judged"]) == (500, 100)
    assert (health["window"]["error_rate"], health["metrics"]["error_rate"]) == (10.0, 10.0)


@pytest.mark.parametrize("window", [300, None])
def test_errors_server_leaves_client_errors_out(window: int | None) -> None:
    """With `errors="server"` a 4xx is no error, in the rate and in the blame."""
    tracker = PerformanceTracker(clock=FakeClock(), errors="server", health_window=window)
    for _ in range(60):
        tracker.record("GET", "/typo", 404, 0.1)
    assert tracker.health()["status"] == "healthy"
    for _ in range(40):
        tracker.record("GET", "/broken", 500, 0.1)
    reason = tracker.health()["reasons"][0]
    assert (reason["value"], reason["endpoint"], reason["endpoint_count"]) == (40.0, "GET /broken", 40)


@pytest.mark.parametrize("window", [10, 60, 300, 3600])
@pytest.mark.parametrize("within", [0.0, 3.25, 9.75])
def test_a_slot_leaves_when_the_window_has_passed(window: int, within: float) -> None:
    """The verdict covers the current slot of ten seconds and those before it, to the exact slot."""
    clock = FakeClock(1000.0 + within)
    tracker = PerformanceTracker(clock=clock, health_window=window)
    for _ in range(30):
        tracker.record("GET", "/", 500, 2.0)
    clock.tick(window - within - 0.25)
    assert tracker.health()["status"] == "unhealthy"
    clock.tick(0.25)
    health = tracker.health()
    assert (health["status"], health["window"]["requests"]) == ("healthy", 0)


def test_without_a_window_nothing_is_forgotten(clock: FakeClock) -> None:
    """`health_window=None` judges all since start, or since the last reset."""
    tracker = PerformanceTracker(clock=clock, health_window=None)
    for _ in range(30):
        tracker.record("GET", "/", 500, 2.0)
    clock.tick(100_000.0)
    health = tracker.health()
    assert (health["status"], health["window"]["seconds"]) == ("unhealthy", None)
    tracker.reset()
    assert tracker.health()["status"] == "healthy"


@pytest.mark.parametrize("window", [300, None])
def test_reasons_name_the_endpoint_that_contributes_most(window: int | None) -> None:
    """Each reason carries number, limit and the endpoint with the most errors or slow requests, not the busiest."""
    tracker = PerformanceTracker(clock=FakeClock(), health_window=window)
    for route, status, seconds, count in [
        ("/busy", 200, 0.1, 60),
        ("/busy", 500, 0.1, 5),
        ("/broken", 500, 0.1, 20),
        ("/slow", 200, 2.0, 15),
        ("/sometimes", 200, 2.0, 3),
    ]:
        for _ in range(count):
            tracker.record("GET", route, status, seconds)
    errors, slow = tracker.health()["reasons"]
    assert (errors["metric"], errors["status"], errors["value"], errors["limit"]) == (
        "error_rate",
        "unhealthy",
        24.27,
        10.0,
    )
    assert (errors["endpoint"], errors["endpoint_count"]) == ("GET /broken", 20)
    assert errors["message"] == "the error rate of 24.27 % is over 10 %; most come from GET /broken (20 errors)"
    assert (slow["metric"], slow["status"], slow["value"], slow["limit"]) == ("slow_queries", "degraded", 18, 10)
    assert slow["message"] == (
        "the number of slow requests, 18, has reached 10; most come from GET /slow (15 slow requests)"
    )


def test_the_worst_reason_decides() -> None:
    """Degraded by errors and unhealthy by slow requests is unhealthy, with both reasons."""
    health = judged(6, 100, 30)
    assert health["status"] == "unhealthy"
    assert [reason["status"] for reason in health["reasons"]] == ["degraded", "unhealthy"]


def test_the_answer_shows_uptime_and_an_empty_window(clock: FakeClock) -> None:
    """Nothing served yet is healthy, with zeros, a warning, and the uptime in hours and minutes."""
    tracker = PerformanceTracker(clock=clock)
    clock.tick(26 * 3600 + 3 * 60 + 59)
    health = tracker.health()
    assert health["metrics"] == {"total_requests": 0, "error_rate": 0.0, "slow_queries": 0, "uptime": "26h 3m"}
    assert health["window"] == {"seconds": 300, "requests": 0, "judged": 0, "error_rate": 0.0, "slow_queries": 0}
    assert (health["status"], health["warnings"], health["cache_status"]) == ("healthy", [TOO_FEW], "in-memory")


def test_a_policy_takes_its_limits_from_the_settings() -> None:
    """A tracker's policy and one made by hand with the same numbers judge alike."""
    tracker = PerformanceTracker(clock=FakeClock(), health_window=60, degraded_slow_queries=2)
    policy = HealthPolicy.of(tracker.settings)
    assert policy == HealthPolicy(health_window=60, degraded_slow_queries=2)
    assert policy.judge(tracker.snapshot()).status == "healthy"
