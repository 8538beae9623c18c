"""Requests per minute are exact: the current second and the 59 before it."""

from __future__ import annotations

from array import array
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker
from perftrack.window import COUNTS, RollingWindow
from tests.support import FakeClock


@settings(max_examples=200, deadline=None, database=None)
@given(
    start=st.sampled_from([0, 1, 59, 60, 1000, 2**31 - 40, 2**40]),
    before=st.sampled_from([0, 7, 2**32 - 20, 2**40]),
    seconds=st.lists(
        st.tuples(st.sampled_from([1, 1, 2, 30, 58, 59, 60, 61, 119, 120, 3600]), st.integers(1, 9)), max_size=80
    ),
    silence=st.sampled_from([0, 1, 30, 59, 60, 61, 7200]),
)
def test_counts_are_those_of_a_list(start: int, before: int, seconds: list[tuple[int, int]], silence: int) -> None:
    """Any pattern of bursts and silences counts as a plain list does, also where the marks wrap around."""
    window, now, total = RollingWindow(), start, before
    finished: list[int] = []
    for gap, count in seconds:
        now += gap
        window.mark(now, total)
        total += count
        finished += [now] * count
    now += silence
    assert window.counts(now, total) == Counter(second for second in finished if now - 60 < second <= now)


@settings(max_examples=100, deadline=None, database=None)
@given(
    start=st.sampled_from([0, 59, 1000]),
    seconds=st.lists(st.tuples(st.sampled_from([1, 2, 30, 59, 60, 61, 120]), st.integers(0, 9)), min_size=1),
)
def test_a_window_is_packed_as_it_counts(start: int, seconds: list[tuple[int, int]]) -> None:
    """The minute that ends with the newest second, the oldest first, whatever has been asked meanwhile."""
    window, now, total = RollingWindow(), start, 0
    for gap, count in seconds:
        now += gap
        window.mark(now, total)
        total += count
        window.counts(now, total)
    last, packed = window.packed(total)
    assert last == now
    counts = array(COUNTS, packed)
    assert len(counts) == 60
    assert {second: count for second, count in enumerate(counts, now - 59) if count} == window.counts(now, total)


def test_a_window_without_marks_counts_nothing() -> None:
    """Before the first request there is no second to count."""
    assert RollingWindow().counts(0, 0) == {}
    assert RollingWindow().counts(59, 12) == {}


@pytest.mark.parametrize(("later", "expected"), [(0.0, 1), (59.0, 1), (59.75, 1), (60.0, 0), (60.25, 0), (3600.0, 0)])
def test_a_request_counts_for_its_second_and_59_more(clock: FakeClock, later: float, expected: int) -> None:
    """It leaves exactly when its second is 60 back, with no timer and no further request."""
    tracker = PerformanceTracker(clock=clock)
    tracker.record("GET", "/", 200, 0.1)
    clock.tick(later)
    stats = tracker.stats()
    assert stats["requests_per_minute"] == stats["endpoint_stats"]["GET /"]["requests_per_minute"] == expected


def test_seconds_are_whole_seconds_of_the_clock(clock: FakeClock) -> None:
    """What finished at 0.75 leaves a quarter of a second before what finished at the next full second."""
    tracker = PerformanceTracker(clock=clock)
    clock.tick(0.75)
    tracker.record("GET", "/", 200, 0.1)
    clock.tick(0.25)
    tracker.record("GET", "/", 200, 0.1)
    clock.tick(58.75)
    assert tracker.stats()["requests_per_minute"] == 2
    clock.tick(0.25)
    assert tracker.stats()["requests_per_minute"] == 1
    clock.tick(1.0)
    assert tracker.stats()["requests_per_minute"] == 0


def test_a_step_of_the_wall_clock_moves_no_request() -> None:
    """Windows follow the monotonic clock: a wall clock set back or forward makes no spike and no hole."""
    clock, wall = FakeClock(), FakeClock(1_768_473_000.0)
    tracker = PerformanceTracker(clock=clock, wall=wall)
    for step in (0.0, 7200.0, -86_400.0):
        wall.tick(step)
        clock.tick(1.0)
        tracker.record("GET", "/", 200, 0.1)
    assert tracker.stats()["requests_per_minute"] == 3
    assert tracker.stats()["endpoint_stats"]["GET /"]["rpm_series"][-4:] == [0, 1, 1, 1]
    assert [slot["requests"] for slot in tracker.series()["slots"][-1:]] == [3]
