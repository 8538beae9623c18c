"""`Histogram`: what was counted in buckets, frozen. Quantiles with a stated bound, merge = add.

The buckets, and the bound, are those of `perftrack.histogram`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, chain
from math import ceil

from perftrack.histogram import SCALE, BucketCounts, Page


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
