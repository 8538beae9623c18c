"""Counting a cache's lookups by hand, without a lock that a request waits for."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Final

from perftrack.counted import CacheCounts
from perftrack.memory.turnstile import Turnstile

if TYPE_CHECKING:
    from perftrack.caches.sharing import OtherWorkers

BATCH: Final = 1024
"""Numbers that wait before they are added up."""


class Ledger:
    """What the counters of one tracker have in common."""

    __slots__ = ("shared", "turnstile")

    def __init__(self) -> None:
        """Start in a process that counts alone."""
        self.turnstile = Turnstile()
        """Guards the sums."""
        self.shared: OtherWorkers | None = None
        """Where other workers see what is counted, if there are any."""


class CacheCounter:
    """Counts what the app found in a cache, and what it did not."""

    __slots__ = ("_hits", "_ledger", "_misses", "name")

    def __init__(self, name: str, ledger: Ledger) -> None:
        """Start at zero."""
        self.name = name
        self._ledger = ledger
        self._hits = _Tally(ledger)
        self._misses = _Tally(ledger)

    def hit(self, count: int = 1) -> None:
        """Count *count* lookups that found something.

        Raises:
            ValueError: *count* is negative.
        """
        number, shared = _checked(count), self._ledger.shared
        if shared is None:
            self._hits.append(number)
        else:
            shared.count(self, number, 0)

    def miss(self, count: int = 1) -> None:
        """Count *count* lookups that found nothing.

        Raises:
            ValueError: *count* is negative.
        """
        number, shared = _checked(count), self._ledger.shared
        if shared is None:
            self._misses.append(number)
        else:
            shared.count(self, 0, number)

    def read(self) -> CacheCounts:
        """Give what was counted."""
        with self._ledger.turnstile:
            return self.counts()

    # -- inside the turnstile ----------------------------------------------------------------------------------------

    def add(self, hits: int, misses: int) -> tuple[int, int]:
        """Count lookups at once. Give all hits and misses."""
        return self._hits.added_up(hits), self._misses.added_up(misses)

    def counts(self) -> CacheCounts:
        """Give what was counted."""
        return CacheCounts(*self.add(0, 0))

    def begin_anew(self) -> None:
        """Start at zero."""
        self._hits.begin_anew()
        self._misses.begin_anew()


class _Tally:
    """A sum to which each call appends its number; a full batch is added up by whoever comes first."""

    __slots__ = ("_ledger", "_waiting", "total")

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[int] = []
        self.total = 0

    def append(self, number: int) -> None:
        self._waiting.append(number)
        if len(self._waiting) >= BATCH:
            self._ledger.turnstile.attempt(self._add_up)

    def added_up(self, number: int) -> int:
        if self._waiting:
            self._add_up()
        self.total += number
        return self.total

    def begin_anew(self) -> None:
        self._add_up()
        self.total = 0

    def _add_up(self) -> None:
        count = len(self._waiting)  # what is appended meanwhile waits for the next time
        self.total += sum(self._waiting[:count])
        del self._waiting[:count]


def _checked(count: int) -> int:
    number = index(count)
    if number < 0:
        raise ValueError(f"count is {number}; it must be 0 or more")
    return number
