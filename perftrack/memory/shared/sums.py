"""Counters that add up those of several workers."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping
from math import inf

from perftrack.memory.endpoint import Endpoint
from perftrack.memory.shared.wide import WideCounts
from perftrack.memory.timeline import Slot
from perftrack.snapshot_parts import Blame, EndpointSnapshot, SlotSnapshot
from perftrack.window import RollingWindow


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
        """Copy the numbers; nothing waits."""
        self.minimum = min(self.minimum, self.shortest)
        self.maximum = max(self.maximum, self.longest)
        return self.frozen(self.wide.histogram(self.histogram), self.seconds)


class SlotSum(Slot):
    """Ten seconds, over all workers. Its seconds have been poured into it."""

    __slots__ = ("wide",)

    def __init__(self) -> None:
        """Start at zero."""
        super().__init__()
        self.wide = WideCounts()

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


