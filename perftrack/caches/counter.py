"""Counting a cache's lookups by hand, without a lock that a request waits for."""

from __future__ import annotations

from operator import index
from typing import Final

from perftrack.memory.turnstile import Turnstile
from perftrack.snapshot_parts import CacheCounts

BATCH: Final = 1024
"""Numbers that wait before they are added up."""


class CacheCounter:
    """Counts what the app found in a cache, and what it did not."""

    __slots__ = ("_hits", "_misses")

    def __init__(self) -> None:
        """Start at zero."""
        self._hits = _Tally()
        self._misses = _Tally()

    def hit(self, count: int = 1) -> None:
        """Count *count* lookups that found something.

        Raises:
            ValueError: *count* is negative.
        """
        self._hits.add(count)

    def miss(self, count: int = 1) -> None:
        """Count *count* lookups that found nothing.

        Raises:
            ValueError: *count* is negative.
        """
        self._misses.add(count)

    def read(self) -> CacheCounts:
        """Give what was counted."""
        return CacheCounts(self._hits.read(), self._misses.read())

    def reset(self) -> None:
        """Start the counting anew."""
        self._hits.reset()
        self._misses.reset()

    def forked(self) -> None:
        """Start at zero in the child of a fork, where a thread that is no more may have the turnstile."""
        self._hits.clear()
        self._misses.clear()


class _Tally:
    """A sum to which each call appends its number; a full batch is added up by whoever comes first."""

    __slots__ = ("_total", "_turnstile", "_waiting")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._turnstile = Turnstile()
        self._waiting: list[int] = []
        self._total = 0

    def add(self, count: int) -> None:
        number = index(count)
        if number < 0:
            raise ValueError(f"count is {number}; it must be 0 or more")
        self._waiting.append(number)
        if len(self._waiting) >= BATCH:
            self._turnstile.attempt(self._add_up)

    def read(self) -> int:
        with self._turnstile:
            self._add_up()
            return self._total

    def reset(self) -> None:
        with self._turnstile:
            self._add_up()
            self._total = 0

    def _add_up(self) -> None:
        count = len(self._waiting)  # what is appended meanwhile waits for the next time
        self._total += sum(self._waiting[:count])
        del self._waiting[:count]
