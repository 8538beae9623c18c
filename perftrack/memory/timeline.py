"""The windows of one process: the last minute by second, the last hour by ten seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from math import floor
from typing import TYPE_CHECKING, Protocol

from perftrack.histogram import COARSE_SCALE, SCALE, BucketCounts
from perftrack.outcomes import CLIENT_ERROR, OUTCOME_NAMES, SERVER_ERROR
from perftrack.window import SLOT_SECONDS, SLOTS, WINDOW_SECONDS

if TYPE_CHECKING:
    from perftrack.snapshot_parts import SecondSnapshot, SlotSnapshot


class Tally:
    """The requests that finished within one second."""

    __slots__ = ("closed", "durations", "outcomes", "slot", "unmatched")

    def __init__(self, slot: Slot) -> None:
        """Start at zero, as a part of *slot*."""
        self.slot = slot
        self.closed = False
        """The second has left the minute: what still comes goes to the slot."""
        self.outcomes = [0] * len(OUTCOME_NAMES)
        self.unmatched = [0] * len(OUTCOME_NAMES)
        """The part of *outcomes* for which the app found no route."""
        self.durations = BucketCounts(SCALE)
        """Timed requests by the bucket of their duration."""

    def close(self) -> None:
        """Pour everything into the slot."""
        self.closed = True
        self.slot.pour(self)
        self.outcomes, self.unmatched = [0] * len(OUTCOME_NAMES), [0] * len(OUTCOME_NAMES)
        self.durations = BucketCounts(SCALE)

    def snapshot(self) -> SecondSnapshot:
        """Copy the numbers."""
        from perftrack.snapshot_parts import SecondSnapshot

        return SecondSnapshot(tuple(self.outcomes), self.durations.histogram())


class Slot:
    """What finished within ten seconds: counts and histogram of the seconds poured into it, the rest at once."""

    __slots__ = (
        "blame",
        "busy_seconds",
        "durations",
        "in_flight_peak",
        "maximum",
        "outcomes",
        "slow",
        "unmatched",
        "unmatched_slow",
    )

    def __init__(self, in_flight: int = 0) -> None:
        """Start with *in_flight* requests at its beginning."""
        self.outcomes = [0] * len(OUTCOME_NAMES)
        self.unmatched = [0] * len(OUTCOME_NAMES)
        self.slow = 0
        self.unmatched_slow = 0
        self.maximum = 0.0
        self.busy_seconds = 0.0
        self.in_flight_peak = in_flight
        self.durations = BucketCounts(COARSE_SCALE)
        self.blame: dict[str, list[int]] = {}

    def see(self, in_flight: int) -> None:
        """Note that so many requests were in flight at once."""
        if in_flight > self.in_flight_peak:
            self.in_flight_peak = in_flight

    def pour(self, tally: Tally) -> None:
        """Add a second."""
        self.outcomes = [a + b for a, b in zip(self.outcomes, tally.outcomes, strict=True)]
        self.unmatched = [a + b for a, b in zip(self.unmatched, tally.unmatched, strict=True)]
        self.durations.pour(tally.durations)

    def blame_on(self, name: str, outcome: int, errors: int, slow: int) -> None:
        """Note what endpoint *name* contributed: *errors* of one *outcome*, and *slow* requests."""
        counts = self.blame.get(name)
        if counts is None:
            counts = self.blame[name] = [0, 0, 0]
        counts[0] += errors if outcome == CLIENT_ERROR else 0
        counts[1] += errors if outcome == SERVER_ERROR else 0
        counts[2] += slow

    def snapshot(self, tallies: list[Tally]) -> SlotSnapshot:
        """Copy the numbers, those of the slot's open *tallies* with them."""
        from perftrack.snapshot_parts import Blame, SlotSnapshot

        poured = self._poured(tallies) if tallies else self
        return SlotSnapshot(
            tuple(poured.outcomes),
            tuple(poured.unmatched),
            self.slow,
            self.unmatched_slow,
            self.maximum,
            self.busy_seconds,
            self.in_flight_peak,
            poured.durations.histogram(),
            {name: Blame(*counts) for name, counts in self.blame.items()},
        )

    def _poured(self, tallies: list[Tally]) -> Slot:
        twin = Slot()
        twin.outcomes, twin.unmatched = self.outcomes, self.unmatched
        twin.durations = self.durations.copy()
        for tally in tallies:
            twin.pour(tally)
        return twin


class Arrived(Protocol):
    """A request in flight."""

    @property
    def arrival(self) -> float:
        """The time of its arrival, by the monotonic clock."""
        ...


class Timeline:
    """Seconds back to a minute, slots back to an hour. The owner's lock guards all of it.

    Counting is late by design (see `PrivateMemory`), so a second stays open until it leaves the minute; then it is
    poured into its slot. That takes a while, so it is not done by the request that finds the second gone, but by
    those that come after it, or whoever reads.
    """

    __slots__ = ("second", "second_end", "seconds", "slot", "slot_number", "slots", "tally", "untidy")

    def __init__(self, now: float, in_flight: int) -> None:
        """Start at *now*, by the monotonic clock, with *in_flight* requests."""
        self.seconds: dict[int, Tally] = {}
        """The last minute."""
        self.slots: dict[int, Slot] = {}
        """The last hour, those of its requests left out that are in `seconds`."""
        self.second = floor(now)
        self.second_end = self.second + 1.0
        self.slot_number = self.second // SLOT_SECONDS
        self.slot = self.slots[self.slot_number] = Slot(in_flight)
        self.tally = self.seconds[self.second] = Tally(self.slot)
        self.untidy = False
        """There may be something that has left the windows, for `tidy` to close."""

    def turn(self, now: float, live: Iterable[Arrived]) -> None:
        """Go on to the second of *now*. Time never goes back.

        Between two finishes, requests in flight only get more: so the peak of a slot is seen at its finishes and, by
        the arrivals of those that are *live*, at its end.
        """
        if now < self.second_end:
            return
        self.second = floor(now)
        self.second_end = self.second + 1.0
        number = self.second // SLOT_SECONDS
        if number != self.slot_number:
            self.slot.see(_arrived_before(live, self.slot_number + 1))
            self.slot_number = number
            self.slot = self.slots[number] = Slot(_arrived_before(live, number))
        self.tally = self.seconds[self.second] = Tally(self.slot)
        self.untidy = True

    def tidy(self, most: int) -> None:
        """Close what has left the windows, the oldest first: at most so many seconds, and as many slots."""
        self.untidy = False
        for second in list(islice(self.seconds, most)):
            if second > self.second - WINDOW_SECONDS:
                break
            self.seconds.pop(second).close()
            self.untidy = True
        for number in list(islice(self.slots, most)):
            if number > self.slot_number - SLOTS:
                break
            del self.slots[number]
            self.untidy = True

    def snapshot_seconds(self) -> dict[int, SecondSnapshot]:
        """Copy the last minute."""
        return {second: tally.snapshot() for second, tally in self.seconds.items() if any(tally.outcomes)}

    def snapshot_slots(self) -> dict[int, SlotSnapshot]:
        """Copy the last hour."""
        tallies: defaultdict[int, list[Tally]] = defaultdict(list)
        for second, tally in self.seconds.items():
            tallies[second // SLOT_SECONDS].append(tally)
        return {number: slot.snapshot(tallies[number]) for number, slot in self.slots.items()}


def _arrived_before(live: Iterable[Arrived], number: int) -> int:
    """Count the requests that were in flight when slot *number* began."""
    return sum(request.arrival < number * SLOT_SECONDS for request in tuple(live))
