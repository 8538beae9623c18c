"""Exponential histograms: bucket index, quantiles with a stated bound, merge = add.

The buckets are those of OpenTelemetry's exponential histogram (and of Prometheus' native histogram) at the same scale:
with base = 2 ** (2 ** -scale), bucket *i* counts values with base ** i < value <= base ** (i + 1). A *page* holds the
2 ** scale buckets of one octave, so that a histogram costs memory only for the octaves it has seen.

A quantile is the harmonic midpoint 2lu / (l + u) of its bucket (l, u]. No value of that bucket is further from it than
(base - 1) / (base + 1) of the value: 0.5415 % at scale 6, 4.329 % at scale 3.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from math import ceil, inf, log2
from operator import add
from typing import Final

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
    """Count *durations*, of which *shortest* and *longest* are the extremes, in the buckets of both at SCALE.

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
        self.up_to = 2.0 ** (self.low + len(self.counts) >> self.scale)

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


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts by bucket: octave number -> page of 2 ** *scale* counts."""

    pages: Mapping[int, Page] = field(default_factory=dict[int, Page])
    scale: int = SCALE

    @classmethod
    def of_counts(cls, counts: Iterable[tuple[int, int]], scale: int = SCALE) -> Histogram:
        """Build a histogram from pairs (bucket index at *scale*, count)."""
        written = BucketCounts(scale)
        for index, count in counts:
            written.add(index, count)
        return written.histogram()

    @property
    def count(self) -> int:
        """The number of values counted."""
        return sum(map(sum, self.pages.values()))

    def merge(self, other: Histogram) -> Histogram:
        """Add the counts of both.

        Raises:
            ValueError: The scales differ.
        """
        if self.scale != other.scale:
            raise ValueError(f"cannot merge histograms of scale {self.scale} and {other.scale}")
        pages = dict(self.pages)
        for octave, page in other.pages.items():
            mine = pages.get(octave)
            pages[octave] = page if mine is None else [a + b for a, b in zip(mine, page, strict=True)]
        return Histogram(pages, self.scale)

    def quantiles(self, *quantiles: float, low: float, high: float) -> list[float | None]:
        """Estimate *quantiles* (0 to 1) by nearest rank: the value number ceil(q x count) in order of size.

        Estimates are kept within *low* and *high*, the exact extremes. Without a value each is None.
        """
        octaves = sorted(self.pages)
        ends = list(accumulate(chain.from_iterable(self.pages[octave] for octave in octaves)))
        if not ends or not ends[-1]:
            return [None] * len(quantiles)
        found: list[float | None] = []
        for quantile in quantiles:
            # rounded, because 0.55 x 100 is 55.00000000000001
            rank = max(1, ceil(round(quantile * ends[-1], 6)))
            page, bucket = divmod(bisect_left(ends, rank), 1 << self.scale)
            found.append(min(max(self._midpoint((octaves[page] << self.scale) + bucket), low), high))
        return found

    def buckets(self) -> list[tuple[float, float, int]]:
        """List (lower, upper, count) of every bucket that counted something, shortest durations first."""
        return [
            (self._bound((octave << self.scale) + at), self._bound((octave << self.scale) + at + 1), count)
            for octave in sorted(self.pages)
            for at, count in enumerate(self.pages[octave])
            if count
        ]

    def count_by_octave(self) -> dict[int, int]:
        """Count the values of each octave: number *n* holds 2 ** n < value <= 2 ** (n + 1)."""
        return {octave: sum(page) for octave, page in self.pages.items()}

    def _bound(self, index: int) -> float:
        return float(2.0 ** (index / (1 << self.scale)))

    def _midpoint(self, index: int) -> float:
        lower, upper = self._bound(index), self._bound(index + 1)
        return 2.0 * lower * upper / (lower + upper)
