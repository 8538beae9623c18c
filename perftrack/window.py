"""The requests-per-minute calculator."""

from __future__ import annotations

from array import array
from typing import Final

WINDOW_SECONDS: Final = 60
"""A minute: the current second and the 59 before it."""

_COUNT_BITS: Final = 32
_COUNT_MASK: Final = (1 << _COUNT_BITS) - 1
_SECOND_MASK: Final = (1 << 31) - 1


class RollingWindow:
    """Counts by second over the last minute: exact, with no timer and one write a second.

    It keeps no counts. At the first request of a second, the owner *marks* how many there were before it. The count of
    a second is then the difference of two marks (of the last mark and the total, for the newest), so that a request
    costs nothing here, and an old mark needs no clearing: it is overwritten 60 seconds later or too old to be read.

    A mark is one 64-bit word, second << 32 | count before it. Both wrap around, which no window of a minute can see.
    """

    __slots__ = ("marks",)

    def __init__(self) -> None:
        """Start with no mark."""
        self.marks = array("q", [-1]) * WINDOW_SECONDS

    def mark(self, second: int, before: int) -> None:
        """Note that *before* requests were counted when *second* began. Seconds never go back."""
        self.marks[second % WINDOW_SECONDS] = (second & _SECOND_MASK) << _COUNT_BITS | before & _COUNT_MASK

    def is_recent(self, now: int) -> bool:
        """Tell, quickly, whether there may be a mark of the minute that ends with second *now*."""
        return max(self.marks) >> _COUNT_BITS > (now & _SECOND_MASK) - WINDOW_SECONDS

    def counts(self, now: int, total: int) -> dict[int, int]:
        """Count by second, from *now* - 59 to *now*, empty seconds left out. *total* is the count so far."""
        by_age = sorted((now - (mark >> _COUNT_BITS) & _SECOND_MASK, mark) for mark in self.marks if mark >= 0)
        counts: dict[int, int] = {}
        after = total
        for age, mark in by_age:
            if age < WINDOW_SECONDS:
                counts[now - age] = after - mark & _COUNT_MASK
                after = mark
        return counts
