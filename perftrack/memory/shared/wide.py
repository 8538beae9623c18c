"""Adding up histograms of many workers."""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING, Final

from perftrack.histogram import BucketCounts

if TYPE_CHECKING:
    from perftrack.distribution import Histogram

NARROW: Final = "I"
WIDE: Final = "Q"
"""Cells of 32 and of 64 bits, as `array` calls them."""

_NARROW_LIMIT: Final = 1 << 32


class WideCounts:
    """Counts by bucket, kept as big integers of cells: adding two costs a fraction of adding bucket by bucket.

    Counts of 32 bits are added as such as long as no cell can overflow into the next.
    """

    __slots__ = ("_narrow", "_narrow_total", "_wide")

    def __init__(self) -> None:
        """Start at zero."""
        self._narrow = _Cells(NARROW)
        self._wide = _Cells(WIDE)
        self._narrow_total = 0

    def add(self, low: int, kind: str, counts: bytes, total: int) -> None:
        """Add *counts*, cells of *kind* in native order that sum to *total*, the first of them that of bucket *low*."""
        if kind == NARROW and self._narrow_total + total < _NARROW_LIMIT:
            self._narrow_total += total
            self._narrow.add(low, counts)
        else:
            self._wide.add(low, array(WIDE, array(kind, counts)).tobytes())

    def histogram(self, more: BucketCounts) -> Histogram:
        """Give the sum of this and *more*, whose scale it takes. Call it once."""
        if more.counts:
            total = sum(more.counts)
            kind = NARROW if total < _NARROW_LIMIT else WIDE
            self.add(more.low, kind, array(kind, more.counts).tobytes(), total)
        wide, narrow = self._wide.histogram(more.scale), self._narrow.histogram(more.scale)
        return narrow.merge(wide) if wide.pages else narrow


class _Cells:
    """One big integer of cells of one kind."""

    __slots__ = ("_bits", "_kind", "_low", "_sum")

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._bits = array(kind).itemsize * 8
        self._low: int | None = None
        self._sum = 0

    def add(self, low: int, counts: bytes) -> None:
        cells = as_integer(self._kind, counts)
        if self._low is None:
            self._low = low
        if low < self._low:
            self._sum <<= (self._low - low) * self._bits
            self._low = low
        self._sum += cells << (low - self._low) * self._bits if low > self._low else cells

    def histogram(self, scale: int) -> Histogram:
        from perftrack.distribution import Histogram

        size, length = 1 << scale, -(-self._sum.bit_length() // self._bits)
        counts = tuple(as_counts(self._kind, self._sum, -(-length // size) * size))
        pages = (counts[at : at + size] for at in range(0, len(counts), size))
        first_octave = (self._low or 0) >> scale
        return Histogram({octave: page for octave, page in enumerate(pages, first_octave) if any(page)}, scale)


def as_integer(kind: str, counts: bytes) -> int:
    """Give cells of *kind* as one integer, the first cell in its lowest bits."""
    if sys.byteorder == "little":
        return int.from_bytes(counts, "little")
    swapped = array(kind, counts)
    swapped.byteswap()
    return int.from_bytes(swapped.tobytes(), "little")


def as_counts(kind: str, integer: int, length: int) -> array[int]:
    """Give the lowest *length* cells of *kind* of one integer."""
    size = length * array(kind).itemsize
    counts = array(kind, (integer & (1 << 8 * size) - 1).to_bytes(size, "little"))
    if sys.byteorder != "little":
        counts.byteswap()
    return counts
