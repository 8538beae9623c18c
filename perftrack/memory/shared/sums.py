"""Counters that add up those of several workers."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping
from math import inf
from typing import Final

from perftrack.histogram import COARSE_SCALE, SCALE, Histogram
from perftrack.memory.endpoint import Endpoint
from perftrack.memory.shared.wide import WideCounts
from perftrack.memory.timeline import Slot, Tally
from perftrack.snapshot_parts import Blame, EndpointSnapshot, SecondSnapshot, SlotSnapshot
from perftrack.window import RollingWindow

_FINE: Final = 1 << (SCALE - COARSE_SCALE)
"""Buckets of a second in one of a slot."""


class EndpointSum(Endpoint):
    """One endpoint, over all workers."""

    __slots__ = ("longest", "seconds", "shortest", "wide")

    def __init__(self, method: str, route: str, errors: Collection[int]) -> None:
        """Start at zero."""
        super().__init__(method, route, errors)
        self.seconds: dict[int, int] = {}
        """Requests by second, over the last minute."""
        self.wide = WideCounts()
        """The part of the histogram that comes from records."""
        self.shortest, self.longest = inf, 0.0
        """The extremes that come from records."""

    def add_marks(self, marks: bytes, now: int, number: int) -> None:
        """Add the seconds of a worker that counted *number* requests."""
        window = RollingWindow()
        window.marks = array("q", marks)
        if window.is_recent(now):
            for second, count in window.counts(now, number).items():
                self.add_second(second, count)

    def add_second(self, second: int, count: int) -> None:
        """Add *count* requests of one second."""
        self.seconds[second] = self.seconds.get(second, 0) + count

    def added_up(self) -> EndpointSnapshot:
        """Copy the numbers."""
        self.minimum = min(self.minimum, self.shortest)
        self.maximum = max(self.maximum, self.longest)
        return self.frozen(self.wide.histogram(self.histogram), self.seconds)


class SecondSum(Tally):
    """One second, over all workers. What comes from pages is in its `durations`."""

    __slots__ = ("_histogram", "wide")

    def __init__(self, slot: SlotSum) -> None:
        """Start at zero, as a part of *slot*."""
        super().__init__(slot)
        self.wide = WideCounts()
        """The part of the durations that comes from records."""
        self._histogram: Histogram | None = None

    def histogram(self) -> Histogram:
        """Give the durations, when all of them have been added."""
        if self._histogram is None:
            self._histogram = self.wide.histogram(self.durations)
        return self._histogram

    def snapshot(self) -> SecondSnapshot:
        """Copy the numbers."""
        return SecondSnapshot(tuple(self.outcomes), self.histogram())


class SlotSum(Slot):
    """Ten seconds, over all workers. Its seconds have been poured into it."""

    __slots__ = ("wide",)

    def __init__(self) -> None:
        """Start at zero."""
        super().__init__()
        self.wide = WideCounts()

    def add_second(self, second: SecondSum) -> None:
        """Add one of its seconds."""
        self.outcomes = [a + b for a, b in zip(self.outcomes, second.outcomes, strict=True)]
        self.unmatched = [a + b for a, b in zip(self.unmatched, second.unmatched, strict=True)]
        for octave, page in second.histogram().pages.items():
            for bucket in range(1 << COARSE_SCALE):
                count = sum(page[bucket * _FINE : (bucket + 1) * _FINE])
                self.durations.add((octave << COARSE_SCALE) + bucket, count)

    def add_blame(self, blame: Mapping[str, list[int]]) -> None:
        """Add what endpoints contributed."""
        for name, counts in blame.items():
            own = self.blame.setdefault(name, [0, 0, 0])
            own[:] = [a + b for a, b in zip(own, counts, strict=True)]

    def added_up(self) -> SlotSnapshot:
        """Copy the numbers."""
        return SlotSnapshot(
            tuple(self.outcomes),
            tuple(self.unmatched),
            self.slow,
            self.unmatched_slow,
            self.maximum,
            self.busy_seconds,
            self.in_flight_peak,
            self.wide.histogram(self.durations),
            {name: Blame(*counts) for name, counts in self.blame.items()},
        )


