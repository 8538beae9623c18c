"""The counters of one process: bounded rows, batches that nobody sees, and honest sizes."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.histogram import PACKED_LIMIT
from perftrack.labels import OVERFLOW, UNMATCHED
from perftrack.memory.endpoint import Endpoint
from perftrack.memory.timeline import Timeline
from perftrack.window import SLOTS
from tests.support import FakeClock

OVERFLOW_ROW = f"OTHER {OVERFLOW}"


def totals(tracker: PerformanceTracker) -> dict[str, int]:
    """Give the requests of each row."""
    return {name: row["total_requests"] for name, row in tracker.stats()["endpoint_stats"].items()}


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000])
def test_no_number_of_requests_hides_in_a_batch(clock: FakeClock, count: int) -> None:
    """Requests are counted in batches; whoever reads sees every one of them, at every size."""
    tracker = PerformanceTracker(clock=clock)
    for number in range(count):
        exchange = begin(Exchange, tracker, lambda _: "/", {}, "GET", "/")
        exchange.status = 200 if number % 3 else 404
        exchange.piece()
        exchange.complete()
    stats = tracker.stats()
    assert stats["total_requests"] == stats["duration"]["count"] == stats["first_byte"]["count"] == count
    assert stats["requests_per_minute"] == sum(slot["requests"] for slot in tracker.series()["slots"]) == count
    assert stats["outcomes"]["client_error"] == (count + 2) // 3


def test_a_histogram_is_packed_up_to_its_limit() -> None:
    """Before it could hold as many values as packed counts do not take, it is unpacked, and has lost none."""
    timeline = Timeline(100.0, 0)
    endpoint = Endpoint("GET", "/", (), packed_limit=5)
    kinds: list[str] = []
    for _ in range(3):
        endpoint.count_batch({200: 2}, [0.25, 0.5], [], timeline.tally)
        kinds.append(endpoint.histogram.packed()[0])
    assert kinds == ["I", "I", "Q"]
    assert endpoint.histogram.histogram() == timeline.tally.durations.histogram()
    assert Endpoint("GET", "/", (), packed_limit=inf).packed_limit == PACKED_LIMIT


def test_a_request_closes_few_seconds(clock: FakeClock) -> None:
    """After a silence the seconds that left the minute are closed a few at a time; a reader closes them all."""
    timeline = Timeline(clock(), 0)
    for _ in range(20):
        clock.tick(1.0)
        timeline.turn(clock(), [])
    clock.tick(100.0)
    timeline.turn(clock(), [])
    assert len(timeline.seconds) == 22
    timeline.tidy(2)
    assert (len(timeline.seconds), timeline.untidy) == (20, True)
    timeline.tidy(SLOTS)
    assert list(timeline.seconds) == [timeline.second]


def test_seconds_do_not_pile_up_where_nobody_reads(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """Requests alone close what has left the minute, also what a burst of traffic left before a silence."""
    made: list[Timeline] = []

    class Watched(Timeline):
        __slots__ = ()

        def __init__(self, now: float, in_flight: int) -> None:
            super().__init__(now, in_flight)
            made.append(self)

    monkeypatch.setattr("perftrack.memory.private.Timeline", Watched)
    tracker = PerformanceTracker(clock=clock, memory="private")
    for silence in (1.0,) * 100 + (100.0,) + (1.0,) * 100:
        clock.tick(silence)
        tracker.record("GET", "/", 200, 0.1)
    assert len(made[-1].seconds) <= 62


@pytest.mark.parametrize("silence", [0.0, 1.0, 59.0, 60.0, 600.0, 3590.0, 3600.0, 100_000.0])
def test_what_waits_in_a_batch_counts_for_the_time_it_finished(clock: FakeClock, silence: float) -> None:
    """Read long after, the last batch stands in its own second and slot, or has left the windows."""
    tracker = PerformanceTracker(clock=clock, health_window=3600)
    for _ in range(5):
        tracker.record("GET", "/", 500, 0.125)
    clock.tick(silence)
    stats = tracker.stats()
    assert (stats["total_requests"], stats["requests_per_minute"]) == (5, 5 if silence < 60 else 0)
    busy = {359 - at: slot["requests"] for at, slot in enumerate(tracker.series()["slots"]) if slot["requests"]}
    assert busy == ({silence // 10: 5} if silence < 3600 else {})
    assert tracker.health()["window"]["requests"] == (5 if silence < 3600 else 0)


def test_rows_are_bounded() -> None:
    """What comes after `max_endpoints` shares one row, is counted in full, and a warning says so."""
    tracker = PerformanceTracker(max_endpoints=3)
    for number in range(3):
        tracker.record("GET", f"/{number}", 200, 0.1)
    assert tracker.stats()["warnings"] == []
    for number in range(10):
        tracker.record("POST", f"/{number}", 200, 2.0)
    tracker.record("GET", "/1", 200, 0.1)
    assert totals(tracker) == {"GET /0": 1, "GET /1": 2, "GET /2": 1, OVERFLOW_ROW: 10}
    assert tracker.stats()["warnings"] == [f"more than 3 endpoints: the rest is counted in {OVERFLOW_ROW}"]
    assert {query["endpoint"] for query in tracker.slow_queries()} == {OVERFLOW_ROW}
    tracker.reset()
    assert tracker.stats()["warnings"] == []
    tracker.record("POST", "/new", 200, 0.1)
    assert totals(tracker) == {"POST /new": 1}


def test_unmatched_rows_take_no_places() -> None:
    """Strangers who guess paths with every method use up no row of the app's endpoints."""
    tracker = PerformanceTracker(max_endpoints=1)
    for method in ("GET", "POST", "BREW", "PROPFIND"):
        tracker.record(method, UNMATCHED, 404, 0.1)
    tracker.record("GET", "/", 200, 0.1)
    assert totals(tracker) == {f"GET {UNMATCHED}": 1, f"POST {UNMATCHED}": 1, f"OTHER {UNMATCHED}": 2, "GET /": 1}


@settings(max_examples=40, deadline=None, database=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=300)), max_size=60))
def test_nothing_a_client_sends_moves_the_bound(sent: list[tuple[str, str]]) -> None:
    """Any methods and paths make at most `max_endpoints` rows, the overflow and the unmatched, and none is lost."""
    tracker = PerformanceTracker(max_endpoints=5)
    for method, path in sent:
        exchange = begin(Exchange, tracker, None, {}, method, path)
        exchange.status = 200
        exchange.complete()
    rows = totals(tracker)
    assert len([name for name in rows if not name.endswith((UNMATCHED, OVERFLOW))]) <= 5
    assert len(rows) <= 5 + 11 + 1
    assert sum(rows.values()) == len(sent)
    assert all(len(name) <= 270 for name in rows)


def test_a_long_route_and_an_odd_method_keep_one_row(clock: FakeClock) -> None:
    """Requests whose name had to be made bounded meet in the same row each time."""
    tracker = PerformanceTracker(clock=clock)
    for _ in range(100):
        tracker.record("brew", "/" + "x" * 1000, 200, 0.1)
        tracker.record("BREW", "/" + "x" * 2000, 200, 0.1)
    assert totals(tracker) == {f"OTHER /{'x' * 253}…": 200}
    assert tracker.stats()["requests_per_minute"] == 200


def test_head_has_a_row_of_its_own() -> None:
    """HEAD and GET of one route are two endpoints."""
    tracker = PerformanceTracker()
    tracker.record("GET", "/", 200, 0.1)
    tracker.record("HEAD", "/", 200, 0.1)
    assert set(totals(tracker)) == {"GET /", "HEAD /"}


def test_the_slow_log_holds_the_path_as_sent() -> None:
    """A slow request shows its path, cut at 255 characters, beside the endpoint it was counted under."""
    clock = FakeClock()
    tracker = PerformanceTracker(clock=clock)
    for path in ("/users/7", "/" + "x" * 300):
        exchange = begin(Exchange, tracker, None, {}, "GET", path)
        exchange.status = 200
        clock.tick(2.0)
        exchange.complete()
    newest, older = sorted(tracker.slow_queries(), key=lambda query: -len(query["path"]))
    assert (older["path"], older["endpoint"], older["method"]) == ("/users/7", "GET /users/{id}", "GET")
    assert len(newest["path"]) == 255
    assert newest["first_byte"] is None


def test_the_size_is_measured_and_bounded(clock: FakeClock) -> None:
    """The store tells its size; a million more requests of the same kind would not make it grow."""
    tracker = PerformanceTracker(clock=clock)

    def size(requests: int) -> int:
        for number in range(requests):
            tracker.record("GET", "/", 200, 0.001 * (number % 1000))
        return tracker.cache_stats()["store"]["bytes"]

    first = size(2000)
    assert 1000 < first < 100_000
    assert size(20_000) == first
    tracker.record("GET", "/another", 200, 0.1)
    assert size(0) > first
    assert tracker.cache_stats()["store"]["endpoints"] == 2


def test_a_late_finish_counts_in_a_second_that_is_open(clock: FakeClock) -> None:
    """A request whose clock was read before another turned the second counts once, all its numbers together."""
    tracker = PerformanceTracker(clock=clock)
    tracker.record("GET", "/a", 200, 0.1)
    clock.tick(10.0)
    tracker.record("GET", "/b", 200, 0.1)
    tracker.memory.add("GET", "/a", "/a", 200, 2.0, None, 1000.9)
    tracker.memory.add("GET", "/b", "/b", 200, 2.0, None, 1000.9)
    earlier, current = tracker.series()["slots"][-2:]
    assert (earlier["requests"], earlier["slow"], earlier["max"]) == (2, 1, 2.0)
    assert (current["requests"], current["slow"], current["max"]) == (2, 1, 2.0)
    assert tracker.stats()["requests_per_minute"] == 4


@pytest.mark.parametrize("durations", [(0.0, 1e-12), (1e-12, 0.0), (0.0, 0.0, 2.0)])
def test_durations_shorter_than_the_clock_can_tell(durations: tuple[float, ...]) -> None:
    """0, and what is less than a nanosecond, are counted like any other, one by one and together."""
    tracker = PerformanceTracker(clock=FakeClock(), memory="private")
    for _ in range(2):
        for duration in durations:
            tracker.record("GET", "/", 200, duration)
        assert tracker.stats()["endpoint_stats"]["GET /"]["min_duration"] == 0.0
    for duration in (1e-12, *durations):
        tracker.record("GET", "/", 200, duration)
    stats = tracker.stats()
    assert stats["duration"]["count"] == stats["total_requests"] == 3 * len(durations) + 1
    assert stats["duration"]["max"] == max(durations)
    detail = tracker.endpoint("GET /")
    assert detail is not None
    assert sum(count for _, _, count in detail["buckets"]) == 3 * len(durations) + 1
