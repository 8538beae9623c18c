"""Adding up histograms of many workers."""

from __future__ import annotations

import sys
from array import array

from perftrack.histogram import BucketCounts, Histogram

_CELL_BITS = 64


class WideCounts:
    """Counts by bucket as one big integer of 64-bit cells: adding two costs a fraction of adding bucket by bucket."""

    __slots__ = ("_cells", "_low")

    def __init__(self) -> None:
        """Start at zero."""
        self._low: int | None = None
        self._cells = 0

    def add(self, low: int, counts: bytes) -> None:
        """Add *counts*, unsigned 64-bit numbers in native order, the first of them that of bucket *low*."""
        if not counts:
            return
        cells = int.from_bytes(_little_endian(counts), "little")
        if self._low is None:
            self._low = low
        if low < self._low:
            self._cells <<= (self._low - low) * _CELL_BITS
            self._low = low
        self._cells += cells << (low - self._low) * _CELL_BITS

    def histogram(self, more: BucketCounts) -> Histogram:
        """Give the sum of this and *more*, whose scale it takes."""
        self.add(more.low, array("Q", more.counts).tobytes())
        size = 1 << more.scale
        first_octave = (self._low or 0) >> more.scale
        length = -(-self._cells.bit_length() // _CELL_BITS)
        counts = array("Q", _little_endian(self._cells.to_bytes(-(-length // size) * size * 8, "little")))
        pages = (tuple(counts[at : at + size]) for at in range(0, len(counts), size))
        return Histogram({octave: page for octave, page in enumerate(pages, first_octave) if any(page)}, more.scale)


def _little_endian(counts: bytes) -> bytes:
    if sys.byteorder == "little":
        return counts
    swapped = array("Q", counts)
    swapped.byteswap()
    return swapped.tobytes()
