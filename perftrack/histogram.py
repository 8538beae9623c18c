"""Exponential histograms: the index of a bucket, and counting in buckets. `Histogram` is what a reader gets.

The buckets are those of OpenTelemetry's exponential histogram (and of Prometheus' native histogram) at the same scale:
with base = 2 ** (2 ** -scale), bucket *i* counts values with base ** i < value <= base ** (i + 1). A *page* holds the
2 ** scale buckets of one octave, so that a histogram costs memory only for the octaves it has seen.

A quantile is the harmonic midpoint 2lu / (l + u) of its bucket (l, u]. No value of that bucket is further from it than
(base - 1) / (base + 1) of the value: 0.5415 % at scale 6, 4.329 % at scale 3.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import MutableSequence, Sequence
from math import ceil, inf, log2
from operator import add
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftrack.distribution import Histogram

SCALE: Final = 6
"""64 buckets an octave: the durations since start and of the last minute."""

COARSE_SCALE: Final = 3
"""8 buckets an octave: the slots of the last hour."""

RELATIVE_ERROR: Final = 0.0055
"""Upper bound of the relative error of a quantile at SCALE."""

COARSE_RELATIVE_ERROR: Final = 0.044
"""Upper bound of the relative error of a quantile at COARSE_SCALE."""

ZERO_BUCKET: Final = -1921
"""Where a duration of 0 is counted: the bucket that ends at 2 ** -30 s, about the clock's nanosecond."""

PACKED_LIMIT: Final = 1 << 32
"""Values that are too many for packed counts."""

ABOVE_A_BOUND: Final = 1.0 + 2.0**-40
"""Times a bound that is a power of two: what is less above it may have the same logarithm as the bound."""

Page = Sequence[int]


SHORTEST: Final = 2.0**-30
"""Seconds; stands for a duration of 0, which has no logarithm."""


def bucket_index(duration: float) -> int:
    """Give the index at SCALE of the bucket that counts *duration* seconds: its upper bound is in it."""
    return ceil(log2(duration) * 64.0) - 1 if duration > 0.0 else ZERO_BUCKET


def count_durations(
    durations: Sequence[float], shortest: float, longest: float, one: BucketCounts, other: BucketCounts
) -> None:
    """Count *durations* in the buckets of both at SCALE; *shortest* and *longest* are the extremes. All in seconds.

    One loop, as nothing else that is done for every request takes as long.
    """
    if shortest <= one.above or shortest <= other.above or longest > one.up_to or longest > other.up_to:
        durations = [duration or SHORTEST for duration in durations]
        for counts in (one, other):
            counts.cover(bucket_index(min(durations)))
            counts.cover(bucket_index(max(durations)))  # where all were 0, that of what stands for it
    mine, theirs, low, their_low = one.counts, other.counts, one.low + 1, other.low + 1
    for logarithm in map(log2, durations):
        index = ceil(logarithm * 64.0)
        mine[index - low] += 1
        theirs[index - their_low] += 1


class BucketCounts:
    """A histogram being written: one list of counts over all octaves from the lowest to the highest seen."""

    __slots__ = ("_page_size", "above", "counts", "low", "scale", "up_to")

    def __init__(self, scale: int) -> None:
        """Start without room for any bucket."""
        self.scale = scale
        self._page_size = 1 << scale
        self.low = 0
        """Index of the first count, at the beginning of an octave."""
        self.counts = self._zeros(0)
        """One for each bucket from `low` on."""
        self.above = inf
        self.up_to = 0.0
        """Seconds; there is room for durations above `above` and up to `up_to`."""

    def _zeros(self, count: int) -> MutableSequence[int]:
        return [0] * count

    def cover(self, index: int) -> None:
        """Make room for bucket *index*, and so for all between it and the buckets that have room."""
        if 0 <= index - self.low < len(self.counts):
            return
        first = index & -self._page_size
        if not self.counts:
            self.low = first
        if first < self.low:
            self.counts[:0] = self._zeros(self.low - first)
            self.low = first
        missing = first + self._page_size - self.low - len(self.counts)
        if missing > 0:
            self.counts += self._zeros(missing)
        self.above = 2.0 ** (self.low >> self.scale) * ABOVE_A_BOUND
        octave = self.low + len(self.counts) >> self.scale
        self.up_to = 2.0**octave if octave < sys.float_info.max_exp else inf

    def add(self, index: int, count: int) -> None:
        """Add *count* values to bucket *index*."""
        self.cover(index)
        self.counts[index - self.low] += count

    def pour(self, finer: BucketCounts) -> None:
        """Add the counts of a scale that is as fine or finer."""
        shift = finer.scale - self.scale
        if not finer.counts:
            return
        self.cover(finer.low >> shift)
        self.cover((finer.low + len(finer.counts) - 1) >> shift)
        first, end = (finer.low >> shift) - self.low, (finer.low + len(finer.counts) >> shift) - self.low
        groups = zip(*[iter(finer.counts)] * (1 << shift), strict=True)
        self.counts[first:end] = map(add, self.counts[first:end], map(sum, groups))

    def copy(self) -> BucketCounts:
        """Copy the counts, to go on apart and without packing: quicker to count, with no limit, in twice the room."""
        twin = BucketCounts(self.scale)
        twin.low, twin.above, twin.up_to, twin.counts = self.low, self.above, self.up_to, list(self.counts)
        return twin

    def histogram(self) -> Histogram:
        """Give the counts, the octaves that counted nothing left out."""
        from perftrack.distribution import Histogram

        size, first, counts = self._page_size, self.low >> self.scale, tuple(self.counts)
        pages = (counts[at : at + size] for at in range(0, len(counts), size))
        return Histogram({octave: page for octave, page in enumerate(pages, first) if any(page)}, self.scale)

    def packed(self) -> tuple[str, bytes]:
        """Give the kind of the counts, as `array` calls it, and the counts as bytes in native order."""
        return "Q", array("Q", self.counts).tobytes()

    def size(self) -> int:
        """Measure the memory taken, in bytes."""
        return sys.getsizeof(self) + sys.getsizeof(self.counts)


class PackedCounts(BucketCounts):
    """A histogram being written whose counts lie packed: slower to count, and half as big, and bytes in one step.

    They are numbers of 32 bits: it takes fewer than PACKED_LIMIT values.
    """

    __slots__ = ()

    def _zeros(self, count: int) -> MutableSequence[int]:
        return array("I", [0]) * count

    def packed(self) -> tuple[str, bytes]:
        """Give the kind of the counts, as `array` calls it, and the counts as bytes in native order."""
        return "I", array("I", self.counts).tobytes()
