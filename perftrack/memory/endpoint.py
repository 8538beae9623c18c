"""The counters of one endpoint in this process."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection
from math import inf

from perftrack.histogram import SCALE, BucketCounts, Histogram, PackedCounts, bucket_index
from perftrack.labels import UNMATCHED, endpoint_name
from perftrack.memory.timeline import Slot, Tally
from perftrack.outcomes import CLIENT_ERROR, SERVER_ERROR, outcome_of
from perftrack.snapshot_parts import EndpointSnapshot, TimingSum
from perftrack.window import RollingWindow


class Endpoint:
    """All numbers of one endpoint. Most requests are counted into it by `count_waiting`, the others here."""

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
        "route",
        "second",
        "slow",
        "statuses",
        "tolerating",
        "total",
        "window",
    )

    def __init__(self, method: str, route: str, errors: Collection[int]) -> None:
        """Start at zero, in no second: it must be entered first. *errors* are the outcomes that frustrate."""
        self.method = method
        self.route = route
        self.matched = route != UNMATCHED
        self.errors = errors
        self.second = -1
        """The one in which the newest request finished."""
        self.number = 0
        """Requests counted one by one."""
        self.statuses: defaultdict[int, int] = defaultdict(int)
        """Status -> requests counted with others, whose outcomes are what their statuses say."""
        self.outcomes: dict[tuple[int, int], int] = {}
        """(outcome, status) -> requests counted one by one."""
        self.histogram: BucketCounts = PackedCounts(SCALE)
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
        """Count all requests."""
        return self.number + sum(self.statuses.values())

    def enter(self, second: int) -> None:
        """Take requests that finished in *second* from now on."""
        self.window.mark(second, self.requests())
        self.second = second

    def count_one(
        self, outcome: int, status: int, duration: float | None, first_byte: float | None, tally: Tally
    ) -> None:
        """Count one request with any outcome, in the second of *tally*. None for one that enters no duration."""
        self.number += 1
        self.outcomes[outcome, status] = self.outcomes.get((outcome, status), 0) + 1
        tally.add(outcome, 1, self.matched)
        self.blame(outcome, tally, timed=duration is not None)
        if duration is not None:
            self._count_duration(duration, tally)
        if first_byte is not None:
            self.first_byte_count += 1
            self.first_byte_total += first_byte
            self.first_byte_maximum = max(self.first_byte_maximum, first_byte)

    def _count_duration(self, duration: float, tally: Tally) -> None:
        self.total += duration
        if not self.minimum <= duration <= self.maximum:
            self.stretch(duration)
        bucket = bucket_index(duration)
        self.histogram.add(bucket, 1)
        tally.durations.add(bucket, 1)
        tally.add_time(duration, duration)

    def blame(self, outcome: int, tally: Tally, timed: bool = True) -> None:
        """Count one request that frustrates, and what it contributes to the errors of its slot."""
        if timed and outcome in self.errors:
            self.frustrated += 1
        if self.matched and outcome in (CLIENT_ERROR, SERVER_ERROR):
            tally.slot.blame_on(self.name, outcome, 1, slow=0)

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

    def stretch(self, duration: float) -> None:
        """Note a new extreme. The histogram has room for both, and so for every duration between them."""
        self.minimum = min(self.minimum, duration)
        self.maximum = max(self.maximum, duration)
        self.histogram.cover(bucket_index(duration))

    def snapshot(self, now: int) -> EndpointSnapshot:
        """Copy the numbers at second *now*."""
        return self.frozen(self.histogram.histogram(), self.window.counts(now, self.requests()))

    def frozen(self, histogram: Histogram, seconds: dict[int, int]) -> EndpointSnapshot:
        """Copy the numbers, with this *histogram* and these *seconds*."""
        return EndpointSnapshot(
            self.method,
            self.route,
            self._all_outcomes(),
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

    def _all_outcomes(self) -> dict[tuple[int, int], int]:
        outcomes = dict(self.outcomes)
        for status, number in self.statuses.items():
            key = outcome_of(status), status
            outcomes[key] = outcomes.get(key, 0) + number
        return outcomes

    def size(self) -> int:
        """Measure the memory that the endpoint takes, in bytes."""
        own = (self, self.outcomes, self.statuses, self.window, self.window.marks)
        return self.histogram.size() + sum(map(sys.getsizeof, own))
