"""The counters of one endpoint in this process."""

from __future__ import annotations

import sys
from itertools import chain
from math import inf
from typing import Final

from perftrack.histogram import SCALE, BucketCounts, bucket_index, bucket_indexes
from perftrack.labels import UNMATCHED, endpoint_name
from perftrack.memory.timeline import Slot, Timeline
from perftrack.outcomes import CLIENT_ERROR, OK, SERVER_ERROR
from perftrack.snapshot import EndpointSnapshot, TimingSum
from perftrack.window import RollingWindow

BATCH: Final = 32
"""Requests that a cell holds uncounted at most. More would be cheaper on average, with a longer pause to count them."""


class Cell:
    """The requests of one endpoint with one outcome and status.

    A request only appends its readings here; `Endpoint.count` works out everything else, a batch at a time.
    """

    __slots__ = ("count", "durations", "first_bytes", "outcome", "second", "second_end", "status")

    def __init__(self, outcome: int, status: int) -> None:
        """Start at zero, in no second."""
        self.outcome = outcome
        self.status = status
        self.count = 0
        self.durations: list[float] = []
        self.first_bytes: list[float] = []
        self.second = 0
        """The second in which the uncounted requests finished."""
        self.second_end = -inf

    def take(self) -> tuple[list[float], list[float]]:
        """Take the uncounted readings out. What another thread appends meanwhile stays for the next time."""
        durations, first_bytes = self.durations[:], self.first_bytes[:]
        del self.durations[: len(durations)]
        del self.first_bytes[: len(first_bytes)]
        return durations, first_bytes


class Endpoint:
    """All numbers of one endpoint."""

    __slots__ = (
        "cells",
        "durations",
        "first_byte_count",
        "first_byte_maximum",
        "first_byte_total",
        "frustrated",
        "matched",
        "maximum",
        "method",
        "minimum",
        "name",
        "route",
        "second",
        "slow",
        "tolerating",
        "total",
        "window",
    )

    def __init__(self, method: str, route: str) -> None:
        """Start at zero."""
        self.method = method
        self.route = route
        self.name = endpoint_name(method, route)
        self.matched = route != UNMATCHED
        self.cells: dict[tuple[int, int], Cell] = {}
        """(outcome, status) -> cell."""
        self.durations = BucketCounts(SCALE)
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
        self.second: int | None = None

    def requests(self) -> int:
        """Count all requests, those that wait in the cells with them."""
        return sum(cell.count + len(cell.durations) for cell in self.cells.values())

    def enter(self, cell: Cell, timeline: Timeline) -> None:
        """Let *cell* take requests of the timeline's second from now on."""
        self.count(cell, timeline)
        cell.second, cell.second_end = timeline.second, timeline.second_end
        if self.second != timeline.second:
            self.second = timeline.second
            self.window.mark(timeline.second, self.requests())

    def count(self, cell: Cell, timeline: Timeline) -> None:
        """Count what waits in *cell*."""
        durations, first_bytes = cell.take()
        if first_bytes:
            self._count_first_bytes(first_bytes)
        if not durations:
            return
        number, total, longest = len(durations), sum(durations), max(durations)
        cell.count += number
        self.total += total
        self._stretch(min(durations), longest)
        buckets = bucket_indexes(durations)
        self.durations.count(buckets)
        timeline.add(cell.second, cell.outcome, self.matched, number, buckets)
        slot = timeline.slot_of(cell.second)
        slot.busy_seconds += total
        if longest > slot.maximum:
            slot.maximum = longest
        if cell.outcome != OK:
            self.frustrated += number
            self._blame(slot, cell, number)

    def count_untimed(self, cell: Cell, first_byte: float | None, timeline: Timeline) -> None:
        """Count one request that enters no duration."""
        cell.count += 1
        if first_byte is not None:
            self._count_first_bytes([first_byte])
        timeline.add(cell.second, cell.outcome, self.matched, 1)
        self._blame(timeline.slot_of(cell.second), cell, 1)

    def _count_first_bytes(self, first_bytes: list[float]) -> None:
        self.first_byte_count += len(first_bytes)
        self.first_byte_total += sum(first_bytes)
        self.first_byte_maximum = max(self.first_byte_maximum, *first_bytes)

    def _stretch(self, shortest: float, longest: float) -> None:
        """Note the extremes. The histogram has room for both, and so for every duration between them."""
        if shortest < self.minimum:
            self.minimum = shortest
            self.durations.cover(bucket_index(shortest))
        if longest > self.maximum:
            self.maximum = longest
            self.durations.cover(bucket_index(longest))

    def _blame(self, slot: Slot, cell: Cell, errors: int) -> None:
        if self.matched and cell.outcome in (CLIENT_ERROR, SERVER_ERROR):
            slot.blame_on(self.name, cell.outcome, errors, slow=0)

    def snapshot(self, now: int) -> EndpointSnapshot:
        """Copy the numbers at second *now*. All cells have been counted."""
        return EndpointSnapshot(
            self.method,
            self.route,
            {key: cell.count for key, cell in self.cells.items()},
            self.durations.histogram(),
            self.total,
            self.minimum,
            self.maximum,
            TimingSum(self.first_byte_count, self.first_byte_total, self.first_byte_maximum),
            self.tolerating,
            self.frustrated,
            self.slow,
            self.window.counts(now, self.requests()),
        )

    def size(self) -> int:
        """Measure the memory that the endpoint takes, in bytes."""
        own = (self, self.name, self.cells, self.window, self.window.marks)
        of_cells = chain.from_iterable((cell, cell.durations, cell.first_bytes) for cell in self.cells.values())
        return self.durations.size() + sum(map(sys.getsizeof, chain(own, of_cells)))
