"""Counters that add up those of several workers."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping
from math import inf
from typing import Final

from perftrack.distribution import Histogram
from perftrack.histogram import COARSE_SCALE, SCALE
from perftrack.memory.endpoint import Endpoint
from perftrack.memory.shared.wide import WideCounts, as_counts, as_integer
from perftrack.memory.timeline import Slot, Tally
from perftrack.snapshot_parts import Blame, EndpointSnapshot, SecondSnapshot, SlotSnapshot
from perftrack.window import COUNTS, WINDOW_SECONDS

_FINE: Final = 1 << (SCALE - COARSE_SCALE)
"""Buckets of a second in one of a slot."""


_SECOND_BITS: Final = 8 * array(COUNTS).itemsize


class EndpointSum(Endpoint):
    """One endpoint, over all workers."""

    __slots__ = ("_first_second", "_recent", "longest", "shortest", "wide")

    def __init__(self, method: str, route: str, errors: Collection[int], now: int) -> None:
        """Start at zero; second *now* is the newest of the minute."""
        super().__init__(method, route, errors, packed_limit=0)
        self._first_second = now - WINDOW_SECONDS + 1
        self._recent = 0
        """Requests by second over the last minute, as one big integer."""
        self.wide = WideCounts()
        """The part of the histogram that comes from records."""
        self.shortest, self.longest = inf, 0.0
        """The extremes that come from records."""

    def add_seconds(self, last: int, counts: bytes) -> None:
        """Add what a `RollingWindow` has packed."""
        age = self._first_second + WINDOW_SECONDS - 1 - last
        if 0 <= age < WINDOW_SECONDS:
            self._recent += as_integer(COUNTS, counts) >> age * _SECOND_BITS
        elif -WINDOW_SECONDS < age < 0:  # a worker was read later than the minute began to be
            self._recent += as_integer(COUNTS, counts) << -age * _SECOND_BITS

    def add_second(self, second: int, count: int) -> None:
        """Add *count* requests of one second, if it is of the minute."""
        at = second - self._first_second
        if 0 <= at < WINDOW_SECONDS:
            self._recent += count << at * _SECOND_BITS

    def added_up(self) -> EndpointSnapshot:
        """Copy the numbers. Call it once."""
        self.minimum = min(self.minimum, self.shortest)
        self.maximum = max(self.maximum, self.longest)
        return self.frozen(self.wide.histogram(self.histogram), self._seconds())

    def _seconds(self) -> dict[int, int]:
        counts = as_counts(COUNTS, self._recent, -(-self._recent.bit_length() // _SECOND_BITS))
        return {second: count for second, count in enumerate(counts, self._first_second) if count}


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
