"""Merging snapshots is addition: in any order, in any grouping, equal to recording everything in one."""

from __future__ import annotations

from dataclasses import asdict, replace
from math import isclose
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import HealthPolicy, PerformanceTracker, Snapshot, report
from perftrack.exchange import Exchange, begin
from perftrack.labels import UNMATCHED, Label
from perftrack.websocket import WebSocketSession
from tests.support import FakeClock

WALL = 1_768_473_000.0

Requests = list[tuple[int, str, str, int, float, str]]

REQUESTS: st.SearchStrategy[Requests] = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["GET", "POST"]),
        st.sampled_from(["/a", "/b", "/c", UNMATCHED]),
        st.sampled_from([200, 404, 500]),
        st.sampled_from([0.125, 0.75, 1.5, 3.0]),
        st.sampled_from(["complete", "left", "raised", "stream"]),
    ),
    max_size=25,
)
GAPS = st.sampled_from([0.0, 0.5, 1.0, 30.0, 61.0])


def label(route: str) -> Label:
    """Give a label that always reads *route*."""
    return lambda _: route


def recorded(requests: Requests, gap: float, members: int) -> list[Snapshot]:
    """Spread *requests* over *members* of one clock, each to the one it names, or all to a single one."""
    clock = FakeClock()

    def wall() -> float:
        return WALL + clock()

    trackers = [PerformanceTracker(clock=clock, wall=wall, max_slow_queries=5) for _ in range(members)]
    for member, method, route, status, seconds, end in requests:
        tracker = trackers[member % members]
        exchange = begin(Exchange, tracker, label(route), {}, method, f"/{len(route)}")
        exchange.status, exchange.stream = status, end == "stream"
        exchange.piece()
        clock.tick(seconds)
        exchange.complete() if end == "stream" else getattr(exchange, end)()
        clock.tick(gap)
        session = WebSocketSession(tracker)
        session.accepted()
        session.ended(1000 + member)
        tracker.memory.add_queue(seconds)
        exchange.returned()
    return [tracker.snapshot() for tracker in trackers]


def equal(a: Any, b: Any) -> bool:
    """Compare two structures; floats but for the order of adding up."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any shape
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(equal, a, b))  # pyright: ignore[reportUnknownArgumentType] - any shape
    if isinstance(a, float) and isinstance(b, float):
        return isclose(a, b)
    return bool(a == b)


def whole(snapshot: Snapshot) -> dict[str, Any]:
    """Give all that a snapshot holds, comparable."""
    return asdict(snapshot)


@settings(max_examples=60, deadline=None, database=None)
@given(REQUESTS, GAPS)
def test_merging_is_commutative_and_associative(requests: Requests, gap: float) -> None:
    """The order and the grouping of three workers' snapshots do not matter."""
    a, b, c = recorded(requests, gap, 3)
    assert equal(whole(a.merge(b)), whole(b.merge(a)))
    assert equal(whole(a.merge(b).merge(c)), whole(a.merge(b.merge(c))))
    assert equal(whole(a.merge(b).merge(c)), whole(c.merge(a).merge(b)))


@settings(max_examples=60, deadline=None, database=None)
@given(REQUESTS, GAPS)
def test_merging_is_recording_everything_in_one(requests: Requests, gap: float) -> None:
    """Three workers' numbers, added up, are those of one worker that served everything."""
    a, b, c = recorded(requests, gap, 3)
    (one,) = recorded(requests, gap, 1)
    merged = a.merge(b).merge(c)
    assert merged.workers == 3
    expected, found = report.stats(one), report.stats(replace(merged, workers=1))
    assert equal(found, expected), (found, expected)
    peaks = {"in_flight_peak": None}
    for mine, theirs in zip(report.series(merged)["slots"], report.series(one)["slots"], strict=True):
        assert equal({**mine, **peaks}, {**theirs, **peaks})
    assert equal(report.health(merged, HealthPolicy()), report.health(one, HealthPolicy()))


def host(name: str, monotonic: float, wall: float, requests: int = 1) -> Snapshot:
    """Take a snapshot on a host with its own clock; its requests finished 25 seconds before."""
    clock, walls = FakeClock(monotonic - 25.0), FakeClock(wall - 25.0)
    tracker = PerformanceTracker(clock=clock, wall=walls)
    for _ in range(requests):
        tracker.record("GET", "/", 200, 0.125)
    clock.tick(25.0)
    walls.tick(25.0)
    return replace(tracker.snapshot(), clock_id=name)


def busy_slots(snapshot: Snapshot) -> list[tuple[int, int]]:
    """List (slots ago, requests)."""
    slots = report.series(snapshot)["slots"]
    return [(359 - at, slot["requests"]) for at, slot in enumerate(slots) if slot["requests"]]


@settings(max_examples=100, deadline=None, database=None)
@given(st.floats(100.0, 1e6), st.floats(100.0, 1e6), st.floats(0.0, 10.0))
def test_hosts_meet_by_wall_time_to_within_one_slot(first: float, second: float, later: float) -> None:
    """What finished on two hosts at about one time stands in one slot or in two that are neighbours."""
    here, there = host("here", first, WALL), host("there", second, WALL + later, 2)
    for merged in (here.merge(there), there.merge(here)):
        stats = report.stats(merged)
        assert (stats["total_requests"], stats["requests_per_minute"]) == (3, 3)
        ages = busy_slots(merged)
        assert sum(count for _, count in ages) == 3
        assert 1 <= min(age for age, _ in ages) <= max(age for age, _ in ages) <= 4
        assert max(age for age, _ in ages) - min(age for age, _ in ages) <= 2


@settings(max_examples=40, deadline=None, database=None)
@given(st.floats(100.0, 1e6), st.floats(100.0, 1e6), st.floats(100.0, 1e6))
def test_hosts_merge_in_any_order_and_grouping(first: float, second: float, third: float) -> None:
    """Three hosts, each with a clock of its own, add up to the same whatever the order."""
    a, b, c = host("a", first, WALL), host("b", second, WALL + 3.5), host("c", third, WALL + 7.25)
    assert equal(whole(a.merge(b).merge(c)), whole(a.merge(b.merge(c))))
    assert equal(whole(a.merge(b)) | {"clock_id": ""}, whole(b.merge(a)) | {"clock_id": ""})


def test_members_of_different_ages_merge_as_the_design_says() -> None:
    """Uptime and start are the oldest member's, `since` is the last reset, the log is the newest of all."""
    clock = FakeClock()
    old = PerformanceTracker(clock=clock, wall=lambda: WALL + clock(), max_slow_queries=2)
    for seconds in (2.0, 3.0):
        old.record("GET", "/old", 200, seconds)
        clock.tick(10.0)
    young = PerformanceTracker(clock=clock, wall=lambda: WALL + clock(), max_slow_queries=2)
    clock.tick(10.0)
    young.record("GET", "/young", 200, 4.0)
    waiting = begin(Exchange, young, None, {}, "GET", "/")
    clock.tick(7.0)
    young.reset()
    young.record("GET", "/young", 200, 4.0)
    merged = old.snapshot().merge(young.snapshot())
    assert (merged.uptime, merged.started, merged.since) == (37.0, WALL + 1000.0, WALL + 1037.0)
    assert [request.duration for request in merged.slow_requests] == [4.0, 3.0]
    assert (merged.in_flight, merged.oldest_in_flight) == (1, 7.0)
    waiting.left()
