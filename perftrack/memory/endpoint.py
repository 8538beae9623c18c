"""The counters of one endpoint in this process."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Final

from perftrack.histogram import PACKED_LIMIT, SCALE, BucketCounts, PackedCounts, count_durations
from perftrack.labels import UNMATCHED, endpoint_name
from perftrack.memory.timeline import Slot, Tally, Timeline
from perftrack.outcomes import CLIENT_LEFT, OK, outcome_of
from perftrack.window import RollingWindow

if TYPE_CHECKING:
    from perftrack.distribution import Histogram
    from perftrack.snapshot_parts import EndpointSnapshot

BATCH: Final = 128
"""Requests that wait uncounted at most. More would be cheaper on average, with a longer pause to count them."""

READINGS: Final = 3
"""What a request leaves: its status, its duration and its first byte, None for an empty body."""

FULL: Final = BATCH * READINGS
"""Length of the list of what waits when a batch is full."""

BUSY: Final = 1000
"""Requests from which on an endpoint's histogram is kept as what is quick to count; the many with fewer are small."""


class Endpoint:
    """All numbers of one endpoint.

    A request only adds its readings to `waiting`, in one step, so that no other thread sees a part of them and none
    waits for a lock; `count` works out everything else, a batch at a time.
    """

    __slots__ = (
        "errors",
        "first_byte_count",
        "first_byte_maximum",
        "first_byte_total",
        "frustrated",
        "histogram",
        "matched",
        "maximum",
        "method",
        "minimum",
        "number",
        "outcomes",
        "packed_limit",
        "route",
        "second_end",
        "slow",
        "tally",
        "tolerating",
        "total",
        "waiting",
        "window",
    )

    def __init__(self, method: str, route: str, errors: Collection[int], packed_limit: float = BUSY) -> None:
        """Start at zero, in no second: it must be entered first.

        *errors* are the outcomes that frustrate. The histogram is packed up to *packed_limit* requests.
        """
        self.method = method
        self.route = route
        self.matched = route != UNMATCHED
        self.errors = errors
        self.waiting: list[Any] = []
        """The readings of requests that are not counted yet, one after the other."""
        self.tally: Tally
        """The second in which the requests that wait finished."""
        self.second_end = -inf
        self.number = 0
        """Requests counted."""
        self.outcomes: dict[tuple[int, int], int] = {}
        """(outcome, status) -> requests counted."""
        self.histogram: BucketCounts = PackedCounts(SCALE)
        self.packed_limit = min(packed_limit, PACKED_LIMIT)
        self.total = 0.0
        self.minimum = inf
        self.maximum = 0.0
        self.first_byte_count = 0
        self.first_byte_total = 0.0
        self.first_byte_maximum = 0.0
        self.tolerating = 0
        self.frustrated = 0
        self.slow = 0
        self.window = RollingWindow()

    @property
    def name(self) -> str:
        """The name in all answers: method and route."""
        return endpoint_name(self.method, self.route)

    def requests(self) -> int:
        """Count all requests, those that wait with them."""
        return self.number + len(self.waiting) // READINGS

    def enter(self, timeline: Timeline) -> None:
        """Take requests of the timeline's second from now on."""
        self.count()
        self.window.mark(timeline.second, self.requests())
        self.tally, self.second_end = timeline.tally, timeline.second_end

    def wait(self, status: int, duration: float, first_byte: float | None) -> None:
        """Let a request wait with the others, whose outcomes are what their statuses say."""
        self.waiting += (status, duration, first_byte)

    def count(self) -> None:
        """Count what waits. What another thread adds meanwhile stays for the next time."""
        batch = self.waiting[:]
        if not batch:
            return
        del self.waiting[: len(batch)]
        statuses = batch[::READINGS]
        status, number = statuses[0], len(statuses)
        is_uniform = statuses.count(status) == number  # as nearly always, and seen at a glance
        by_status = {status: number} if is_uniform else Counter(statuses)
        self.count_batch(by_status, batch[1::READINGS], batch[2::READINGS], self.tally)

    def count_batch(
        self, statuses: Mapping[int, int], durations: list[float], first_bytes: list[Any], tally: Tally
    ) -> None:
        """Count timed requests of the second of *tally*, whose outcomes are what their *statuses* say.

        *statuses* are requests by status; *first_bytes* are seconds, and None where a body was empty.
        """
        ordered = sorted(durations)  # which costs half as much as `min` and `max`
        if ordered:
            self._count_durations(ordered, tally)
            self._count_first_bytes(first_bytes, ordered[-1])
        for status, number in statuses.items():
            self._count_outcome(outcome_of(status), status, number, tally)
        if tally.closed:
            tally.close()

    def count_one(
        self, outcome: int, status: int, duration: float | None, first_byte: float | None, tally: Tally
    ) -> None:
        """Count one request of the second of *tally*, with any outcome. None for one that enters no duration."""
        if duration is not None:
            self._count_durations([duration], tally)
        self._count_first_bytes([first_byte], inf if duration is None else duration)
        self._count_outcome(outcome, status, 1, tally, timed=duration is not None)
        if tally.closed:
            tally.close()

    def note(self, outcome: int, duration: float, apdex_threshold: float, slow: bool, slot: Slot) -> None:
        """Count what few requests are: tolerating, frustrated or *slow*."""
        if outcome not in self.errors:  # those are all frustrated, however fast
            self.frustrated += duration > 4 * apdex_threshold
            self.tolerating += apdex_threshold < duration <= 4 * apdex_threshold
        if not slow:
            return
        self.slow += 1
        slot.slow += 1
        if self.matched:
            slot.blame_on(self.name, outcome, errors=0, slow=1)
        else:
            slot.unmatched_slow += 1

    def _count_outcome(self, outcome: int, status: int, number: int, tally: Tally, timed: bool = True) -> None:
        self.number += number
        key = outcome, status
        self.outcomes[key] = self.outcomes.get(key, 0) + number
        tally.outcomes[outcome] += number
        if not self.matched:
            tally.unmatched[outcome] += number
        if outcome == OK:
            return
        if timed and outcome in self.errors:
            self.frustrated += number
        if self.matched and outcome != CLIENT_LEFT:
            tally.slot.blame_on(self.name, outcome, number, slow=0)

    def _count_durations(self, durations: list[float], tally: Tally) -> None:
        """Count *durations*, the shortest first."""
        total, shortest, longest = sum(durations), durations[0], durations[-1]
        self.total += total
        if shortest < self.minimum:
            self.minimum = shortest
        if longest > self.maximum:
            self.maximum = longest
        if self.number + len(durations) >= self.packed_limit:
            self.histogram, self.packed_limit = self.histogram.copy(), inf
        count_durations(durations, shortest, longest, self.histogram, tally.durations)
        slot = tally.slot
        slot.busy_seconds += total
        if longest > slot.maximum:
            slot.maximum = longest

    def _count_first_bytes(self, first_bytes: list[Any], longest: float) -> None:
        """Count first bytes, None for each empty body: to find out by trying is cheapest, as most have one.

        No first byte comes after the last: where the *longest* duration beats no maximum, there is none to look for.
        """
        try:
            total = sum(first_bytes)
        except TypeError:
            self._count_first_bytes([first_byte for first_byte in first_bytes if first_byte is not None], longest)
            return
        self.first_byte_count += len(first_bytes)
        self.first_byte_total += total
        if longest > self.first_byte_maximum:
            self.first_byte_maximum = max(self.first_byte_maximum, max(first_bytes, default=0.0))

    def snapshot(self, now: int) -> EndpointSnapshot:
        """Copy the numbers at second *now*. What waits has been counted."""
        return self.frozen(self.histogram.histogram(), self.window.counts(now, self.requests()))

    def frozen(self, histogram: Histogram, seconds: dict[int, int]) -> EndpointSnapshot:
        """Copy the numbers, with this *histogram* and these *seconds*."""
        from perftrack.snapshot_parts import EndpointSnapshot, TimingSum

        return EndpointSnapshot(
            self.method,
            self.route,
            dict(self.outcomes),
            histogram,
            self.total,
            self.minimum,
            self.maximum,
            TimingSum(self.first_byte_count, self.first_byte_total, self.first_byte_maximum),
            self.tolerating,
            self.frustrated,
            self.slow,
            seconds,
        )

    def size(self) -> int:
        """Measure the memory that the endpoint takes, in bytes."""
        own = (self, self.outcomes, self.waiting)
        return self.histogram.size() + self.window.size() + sum(map(sys.getsizeof, own))
