"""The last hour by ten seconds: slots that end where they should, and the peak of requests in flight."""

from __future__ import annotations

import pytest

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.shapes import SeriesSlot
from tests.support import FakeClock


def begun(tracker: PerformanceTracker, count: int) -> list[Exchange]:
    """Begin *count* requests."""
    return [begin(Exchange, tracker, lambda _: "/", {}, "GET", "/") for _ in range(count)]


def last(tracker: PerformanceTracker, count: int) -> list[SeriesSlot]:
    """Give the newest slots, the current one last."""
    return tracker.series()["slots"][-count:]


@pytest.mark.parametrize("start", [1000.0, 1009.75, 0.0, 86_399.5])
def test_slots_begin_at_tens_of_seconds(start: float) -> None:
    """A request stands in the slot of its finish, to the last instant before the next."""
    clock = FakeClock(start)
    tracker = PerformanceTracker(clock=clock)
    clock.tick(20.0 - start % 10)
    for gap in (9.75, 0.25, 9.75, 0.25):
        tracker.record("GET", "/", 200, 0.125)
        clock.tick(gap)
    assert [slot["requests"] for slot in last(tracker, 3)] == [2, 2, 0]


@pytest.mark.parametrize(("later", "kept"), [(3599.75, True), (3600.0, False), (7200.0, False)])
def test_a_slot_stays_for_an_hour(clock: FakeClock, later: float, kept: bool) -> None:
    """360 slots, the current one included: what is older has gone, whoever reads and however late."""
    tracker = PerformanceTracker(clock=clock)
    tracker.record("GET", "/", 200, 3.0)
    clock.tick(later)
    slots = tracker.series()["slots"]
    assert len(slots) == 360
    assert [slot["requests"] for slot in slots] == [int(kept), *[0] * 359]
    assert [slot["slow"] for slot in slots] == [int(kept), *[0] * 359]


def test_slots_that_have_left_are_forgotten(clock: FakeClock) -> None:
    """A day of traffic keeps the slots of an hour and the seconds of a minute, no more."""
    tracker = PerformanceTracker(clock=clock)
    for _ in range(24 * 60):
        tracker.record("GET", "/", 200, 0.1)
        clock.tick(60.0)
    snapshot = tracker.snapshot()
    assert len(snapshot.slots) <= 360
    assert len(snapshot.seconds) <= 60
    assert sum(sum(slot.outcomes) for slot in snapshot.slots.values()) == 59


def test_seconds_that_have_left_are_forgotten(clock: FakeClock) -> None:
    """With a request in every second, a snapshot has the current second and the 59 before it."""
    tracker = PerformanceTracker(clock=clock)
    for _ in range(150):
        clock.tick(1.0)
        tracker.record("GET", "/", 200, 0.1)
    assert sorted(tracker.snapshot().seconds) == list(range(1091, 1151))


def test_the_peak_is_seen_at_an_arrival(clock: FakeClock) -> None:
    """Three at once, then one again, is a peak of three in that slot."""
    tracker = PerformanceTracker(clock=clock)
    for exchange in begun(tracker, 3):
        exchange.complete()
    for exchange in begun(tracker, 1):
        exchange.complete()
    assert last(tracker, 1)[0]["in_flight_peak"] == 3


def test_the_peak_is_seen_at_a_finish(clock: FakeClock) -> None:
    """Requests that arrived in an earlier slot are the peak of the slot in which the first of them finishes."""
    tracker = PerformanceTracker(clock=clock)
    exchanges = begun(tracker, 4)
    clock.tick(10.0)
    for exchange in exchanges[:2]:
        exchange.complete()
    clock.tick(10.0)
    for exchange in exchanges[2:]:
        exchange.complete()
    assert [slot["in_flight_peak"] for slot in last(tracker, 3)] == [4, 4, 2]


def test_one_request_alone_is_a_peak(clock: FakeClock) -> None:
    """Also where a reader or a recorded request began the slot, and whatever the request comes to."""
    tracker = PerformanceTracker(clock=clock)
    for end in ("complete", "left", "raised"):
        clock.tick(10.0)
        tracker.snapshot()
        tracker.record("GET", "/", 200, 0.1)  # which was not in flight here
        getattr(begun(tracker, 1)[0], end)()
    assert [slot["in_flight_peak"] for slot in last(tracker, 4)] == [None, 1, 1, 1]


def test_a_slot_without_anything_has_no_peak(clock: FakeClock) -> None:
    """No request and nobody in flight is null, not 0."""
    tracker = PerformanceTracker(clock=clock)
    begun(tracker, 1)[0].complete()
    clock.tick(20.0)
    assert [slot["in_flight_peak"] for slot in last(tracker, 3)] == [1, None, None]


def test_a_reset_keeps_what_is_in_flight_in_the_peak(clock: FakeClock) -> None:
    """Requests that are being served at a reset are in the peak of the slot that begins with it."""
    tracker = PerformanceTracker(clock=clock)
    exchanges = begun(tracker, 2)
    tracker.reset()
    exchanges[0].complete()
    assert last(tracker, 1)[0]["in_flight_peak"] == 2


def test_a_duration_is_busy_time_of_the_slot_where_it_ended(clock: FakeClock) -> None:
    """A request over three slots puts all its seconds, its maximum and its slowness into the last."""
    tracker = PerformanceTracker(clock=clock)
    (exchange,) = begun(tracker, 1)
    exchange.status = 200
    clock.tick(25.0)
    exchange.complete()
    slots = last(tracker, 3)
    assert [slot["busy_seconds"] for slot in slots] == [0, 0, 25.0]
    assert [slot["max"] for slot in slots] == [None, None, 25.0]
    assert [slot["slow"] for slot in slots] == [0, 0, 1]


def test_bands_end_at_powers_of_two() -> None:
    """Sixteen bands from 1 ms to 16 s, upper bounds inclusive, the last for the rest."""
    tracker = PerformanceTracker(clock=FakeClock())
    ends = tracker.series()["bands"]
    assert ends == [*(2.0**octave for octave in range(-10, 5)), None]
    for end in ends:
        tracker.record("GET", "/", 200, end or 5000.0)
    assert last(tracker, 1)[0]["bands"] == [1] * 16
    tracker.record("GET", "/", 200, 0.0)
    tracker.record("GET", "/", 200, 16.001)
    assert last(tracker, 1)[0]["bands"] == [2, *[1] * 14, 2]
