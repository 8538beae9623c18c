"""What a user's own code does with a tracker."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest

from perftrack import PerformanceTracker, SettingError, get_tracker
from perftrack.exchange import Exchange, begin
from perftrack.parameters import Sort
from perftrack.websocket import WebSocketSession
from tests.support import FakeClock

WALL = 1_768_473_000.0  # 2026-01-15T10:30:00Z


def tracker_of(clock: FakeClock, **settings: Any) -> PerformanceTracker:
    """Make a tracker whose wall clock goes with *clock*."""
    start = clock()
    return PerformanceTracker(clock=clock, wall=lambda: WALL + clock() - start, **settings)


def test_one_tracker_a_name() -> None:
    """`get_tracker` gives the same tracker for the same name, and another for another."""
    first = get_tracker("test_one_tracker_a_name", max_slow_queries=7)
    assert get_tracker("test_one_tracker_a_name") is first
    assert get_tracker("test_one_tracker_a_name", max_slow_queries=7) is first
    assert get_tracker("test_one_tracker_a_name, another") is not first
    assert (first.name, first.settings.max_slow_queries) == ("test_one_tracker_a_name", 7)


def test_a_name_with_other_settings_is_refused() -> None:
    """A second app that wants other settings under the same name is told how to get a tracker of its own."""
    get_tracker("test_a_name_with_other_settings", max_slow_queries=7)
    message = r"setting max_slow_queries is 8, but tracker 'test_a_name_with_other_settings' exists with 7; .*tracker="
    with pytest.raises(SettingError, match=message):
        get_tracker("test_a_name_with_other_settings", max_slow_queries=8)
    with pytest.raises(SettingError, match="unknown setting 'colour'"):
        get_tracker("test_a_name_with_other_settings", colour="red")


def test_a_refused_tracker_takes_no_name() -> None:
    """After a wrong setting the name is still free."""
    with pytest.raises(SettingError):
        get_tracker("test_a_refused_tracker", max_slow_queries=0)
    assert get_tracker("test_a_refused_tracker", max_slow_queries=3).max_slow_queries == 3


@pytest.mark.parametrize("status", [0, 99, -200, 1000])
def test_no_http_status_is_refused(status: int) -> None:
    """`record` tells its caller that a status is out of range, and counts nothing."""
    tracker = PerformanceTracker()
    with pytest.raises(ValueError, match=rf"status is {status}; it must be an HTTP status from 100 to 999"):
        tracker.record("GET", "/", status, 0.1)
    assert tracker.stats()["total_requests"] == 0


@pytest.mark.parametrize("seconds", [-0.001, float("nan"), float("inf"), float("-inf")])
def test_no_duration_is_refused(seconds: float) -> None:
    """`record` tells its caller that a duration is negative or not finite, and counts nothing."""
    tracker = PerformanceTracker()
    with pytest.raises(ValueError, match=r"seconds is .*; it must be a number from 0 on"):
        tracker.record("GET", "/", 200, seconds)
    assert tracker.stats()["total_requests"] == 0


def test_the_ends_of_the_ranges_are_counted() -> None:
    """Statuses 100 and 999 and a duration of 0, also as a whole number, are fine."""
    tracker = PerformanceTracker()
    tracker.record("GET", "/", 100, 0)
    tracker.record("GET", "/", 999, 0.0)
    assert tracker.stats()["endpoint_stats"]["GET /"]["status"] == {"100": 1, "999": 1}


def test_the_slow_threshold_can_be_assigned(clock: FakeClock) -> None:
    """A new threshold holds for the requests that finish from then on; at the threshold a request is not slow."""
    tracker = tracker_of(clock)
    tracker.record("GET", "/", 200, 0.75)
    tracker.slow_query_threshold = 0.5
    tracker.record("GET", "/", 200, 0.75)
    tracker.record("GET", "/", 200, 0.5)
    tracker.slow_query_threshold = 0.125
    tracker.record("GET", "/", 200, 0.25)
    tracker.slow_query_threshold = 10.0
    tracker.record("GET", "/", 200, 9.0)
    assert [query["duration"] for query in tracker.slow_queries()] == [0.75, 0.25]
    assert (tracker.slow_query_threshold, tracker.stats()["slow_queries_count"]) == (10.0, 2)
    assert tracker.stats()["endpoint_stats"]["GET /"]["apdex"] == 0.6


def test_the_length_of_the_log_can_be_assigned(clock: FakeClock) -> None:
    """A shorter log keeps the newest, a longer one fills up again, and the count of all slow requests stays exact."""
    tracker = tracker_of(clock)

    def record(*durations: float) -> list[float]:
        for duration in durations:
            clock.tick(1.0)
            tracker.record("GET", "/", 200, duration)
        return [query["duration"] for query in tracker.slow_queries()]

    assert record(2.0, 3.0, 4.0) == [4.0, 3.0, 2.0]
    tracker.max_slow_queries = 2
    assert record() == [4.0, 3.0]
    assert record(5.0) == [5.0, 4.0]
    tracker.max_slow_queries = 3
    assert record(6.0, 7.0) == [7.0, 6.0, 5.0]
    assert tracker.slow_queries(limit=1)[0]["duration"] == 7.0
    tracker.reset()
    assert record(2.0, 3.0, 4.0, 5.0) == [5.0, 4.0, 3.0]
    assert (tracker.max_slow_queries, tracker.stats()["slow_queries_count"]) == (3, 4)


@pytest.mark.parametrize(
    ("setting", "value"), [("slow_query_threshold", 0), ("slow_query_threshold", "1"), ("max_slow_queries", 1001)]
)
def test_a_wrong_assignment_is_refused(setting: str, value: Any) -> None:
    """An assignment is checked like the setting, and changes nothing when it is refused."""
    tracker = PerformanceTracker()
    before = getattr(tracker, setting)
    with pytest.raises(SettingError, match=f"setting {setting} is {value!r}; it must be"):
        setattr(tracker, setting, value)
    assert getattr(tracker, setting) == before


def test_a_reset_starts_the_counting_anew(clock: FakeClock) -> None:
    """All counts and the log go to zero and `since` moves; uptime, and what is in flight or open, survive."""
    tracker = tracker_of(clock)
    tracker.record("GET", "/", 500, 2.0)
    tracker.memory.add_queue(1.0)
    tracker.memory.add_background(1.0)
    exchange, session = begin(Exchange, tracker, None, {}, "GET", "/late"), WebSocketSession(tracker)
    exchange.status = 200
    session.accepted()
    session.message_in()
    clock.tick(90.0)
    assert tracker.reset() == {"status": "reset", "timestamp": "2026-01-15T10:31:30Z"}
    stats = tracker.stats()
    assert (stats["total_requests"], stats["endpoint_stats"], stats["recent_slow_queries"]) == (0, {}, [])
    assert (stats["requests_per_minute"], stats["slow_queries_count"]) == (0, 0)
    assert (stats["queue"]["count"], stats["background"]["count"]) == (0, 0)
    assert sum(slot["requests"] for slot in tracker.series()["slots"]) == 0
    assert (stats["uptime_seconds"], stats["since"]) == (90.0, "2026-01-15T10:31:30Z")
    assert (stats["in_flight"], stats["oldest_in_flight_seconds"]) == (1, 90.0)
    assert (stats["websockets"]["open"], stats["websockets"]["opened"], stats["websockets"]["messages_in"]) == (1, 0, 0)
    exchange.complete()
    session.ended(1000)
    stats = tracker.stats()
    assert (stats["duration"]["max"], stats["in_flight"], stats["slow_queries_count"]) == (90.0, 0, 1)
    assert (stats["websockets"]["open"], stats["websockets"]["connection_time"]) == (0, 90.0)


def test_without_a_reset_since_is_the_start(clock: FakeClock) -> None:
    """`since` and the uptime tell the same moment until somebody resets."""
    tracker = tracker_of(clock)
    clock.tick(3600.0)
    stats = tracker.stats()
    assert (stats["since"], stats["timestamp"]) == ("2026-01-15T10:30:00Z", "2026-01-15T11:30:00Z")
    assert (stats["uptime_seconds"], stats["scope"], stats["workers"]) == (3600.0, "process", 1)


@pytest.mark.parametrize("limit", [0, -1])
def test_limits_below_one_are_refused(limit: int) -> None:
    """A limit that would show nothing is a mistake of the caller."""
    tracker = PerformanceTracker()
    with pytest.raises(ValueError, match=f"limit is {limit}; it must be 1 or more"):
        tracker.stats(limit=limit)
    with pytest.raises(ValueError, match=f"limit is {limit}; it must be 1 or more"):
        tracker.slow_queries(limit=limit)


def test_an_unknown_order_is_refused() -> None:
    """The message has the orders that exist."""
    with pytest.raises(ValueError, match="sort is 'name'; it must be one of time_share, requests, p95, errors, rpm"):
        PerformanceTracker().stats(sort=cast("Sort", "name"))


def test_failures_are_logged_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """The log has the first failure with its traceback, the payload has the number of all, and a warning shows once."""
    tracker = PerformanceTracker()
    for number in range(3):
        tracker.failed(ValueError(number))
        tracker.warn("something partial")
    assert [(record.name, record.levelno) for record in caplog.records] == [("perftrack", logging.ERROR)]
    assert caplog.records[0].exc_info is not None
    warnings = ["perftrack failed 3 times; the log has the first failure", "something partial"]
    assert tracker.stats()["warnings"] == warnings
    assert set(warnings) <= set(tracker.health()["warnings"])


def test_a_failing_log_handler_reaches_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the user's logging raises, the failure is still counted and nothing is raised."""

    def fail(_: object) -> bool:
        raise OSError("log is full")

    tracker = PerformanceTracker()
    monkeypatch.setattr(logging.getLogger("perftrack"), "filters", [fail])
    tracker.failed(ValueError("first"))
    assert tracker.stats()["warnings"] == ["perftrack failed 1 times; the log has the first failure"]


@pytest.mark.parametrize(("errors", "apdex"), [("all", 0.0), ("server", 0.75)])
def test_apdex_follows_what_counts_as_an_error(clock: FakeClock, errors: str, apdex: float) -> None:
    """A 4xx frustrates where it is an error, and is judged by its duration where it is none."""
    tracker = tracker_of(clock, errors=errors, apdex_threshold=0.5)
    tracker.record("GET", "/", 404, 0.1)
    tracker.record("GET", "/", 404, 0.75)
    assert tracker.stats()["endpoint_stats"]["GET /"]["apdex"] == apdex
