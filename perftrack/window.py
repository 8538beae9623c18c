"""The windows that numbers are kept for, and the requests-per-minute calculator."""

from __future__ import annotations

import sys
from array import array
from typing import Final

WINDOW_SECONDS: Final = 60
"""A minute: the current second and the 59 before it."""

SLOT_SECONDS: Final = 10
"""Length of a slot of the last hour."""

SLOTS: Final = 360
"""Slots of the last hour, the current one included."""

COUNTS: Final = "I"
"""Counts by second are numbers of 32 bits, as `array` calls them."""

_COUNT_MASK: Final = (1 << 32) - 1
_NEVER: Final = -(1 << 62)


class RollingWindow:
    """Counts by second over the last minute: exact, with no timer and one write a second.

    At the first request of a second, the owner *marks* how many there were before it. That is also how many there were
    up to the end of the newest second marked so far, whose count is written then: so that a request costs nothing here.
    """

    __slots__ = ("_cells", "_newest")

    def __init__(self) -> None:
        """Start with no mark."""
        self._cells = array(COUNTS, [0]) * WINDOW_SECONDS
        """Number *second* % 60 is the count of that second, the newest one's aside."""
        self._newest = _NEVER, 0
        """The second marked last, and the count before it: both at once, whatever interrupts."""

    def mark(self, second: int, before: int) -> None:
        """Note that *before* requests were counted when *second* began. Seconds never go back."""
        cells, last = self._closed(before), self._newest[0]
        if second - last > 1:
            for empty in range(max(last + 1, second - WINDOW_SECONDS), second):
                cells[empty % WINDOW_SECONDS] = 0
        self._newest = second, before

    def _closed(self, total: int) -> array[int]:
        """Write the count of the newest second, after which there were *total*."""
        last, before = self._newest
        self._cells[last % WINDOW_SECONDS] = total - before & _COUNT_MASK
        return self._cells

    def counts(self, now: int, total: int) -> dict[int, int]:
        """Count by second, from *now* - 59 to *now*, empty seconds left out. *total* is the count so far."""
        last, first = self._newest[0], now - WINDOW_SECONDS + 1
        if last < first:
            return {}
        cells, seconds = self._closed(total), range(max(first, last - WINDOW_SECONDS + 1), last + 1)
        return {second: count for second in seconds if (count := cells[second % WINDOW_SECONDS])}

    def packed(self, total: int) -> tuple[int, bytes]:
        """Give the newest second, and the counts of the minute that ends with it in native order, the oldest first."""
        last, cells = self._newest[0], self._closed(total)
        oldest = (last + 1) % WINDOW_SECONDS
        return last, cells[oldest:].tobytes() + cells[:oldest].tobytes()

    def size(self) -> int:
        """Measure the memory taken, in bytes."""
        return sys.getsizeof(self) + sys.getsizeof(self._cells)
