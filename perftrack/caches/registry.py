"""All caches that a tracker knows in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING

from perftrack.caches.counter import CacheCounter, Ledger
from perftrack.caches.limit import CROWDED, MAX_CACHES
from perftrack.caches.watched import Read, Watched
from perftrack.counted import CacheCounts, added
from perftrack.labels import OVERFLOW, bounded_text
from perftrack.memory.turnstile import Turnstile

if TYPE_CHECKING:
    from perftrack.caches.sharing import OtherWorkers, Readings


class CacheRegistry:
    """The caches of a tracker by name. No request waits for another thread; nothing of the app runs under a lock."""

    def __init__(self, clock: Callable[[], float], failed: Callable[[BaseException], None]) -> None:
        """Start with none. *clock* times the reading of caches; *failed* is told what goes wrong here."""
        self.clock = clock
        self.failed = failed
        self.ledger = Ledger()
        self._watched: dict[str, Watched] = {}
        self._counters: dict[str, CacheCounter] = {}
        self._overflow = CacheCounter(OVERFLOW, self.ledger)
        self._crowded = False
        self.due = inf
        """When `show_watched` is to be called, by the clock: after the last byte of the next request from then on."""
        self.warnings: frozenset[str] = frozenset()
        """What the last `collect` could not tell."""

    def watch(self, name: str, cache: object, read: Read | None = None) -> None:
        """Show *cache* as *name*, in the place of what had that name.

        Raises:
            TypeError: *cache* has no numbers that could be read, or cannot be watched without keeping it alive.
        """
        name = bounded_text(name)
        watched = Watched(cache, read)
        if name not in self._watched and len(self._watched) >= MAX_CACHES:
            self.forget_those_gone()
        if name not in self._watched and len(self._watched) >= MAX_CACHES:
            self._crowded = True
            return
        self._watched[name] = watched
        if self.ledger.shared is not None:
            self.ledger.shared.watch()

    def counter(self, name: str) -> CacheCounter:
        """Find the counter of *name*, made at the first call. Past MAX_CACHES names all share one."""
        counter = self._counters.get(name)
        return self._counter(bounded_text(name)) if counter is None else counter

    def collect(self) -> Mapping[str, CacheCounts]:
        """Read all caches of this process. One that raises is in `warnings`, one that is no more is nowhere."""
        readings, shared = self.read(self.watched().values()), self.ledger.shared
        with self.ledger.turnstile:
            if shared is None:
                self.note(readings)
            else:
                shared.note(readings)
            watched = self.shown()
            counted = {counter.name: counter.counts() for counter in self.counters()}
            self.warnings = self.problems()
        return added(watched, counted, CacheCounts.merge)

    def reset(self) -> None:
        """Count from here on; the caches themselves are left alone."""
        readings = self.read(self.watched().values())
        with self.ledger.turnstile:
            self.note(readings)
            self.begin_anew()

    def share(self, shared: OtherWorkers | None) -> None:
        """Show the caches to the other workers through *shared*, or to nobody."""
        self.ledger.shared = shared
        self.due = inf

    def show_watched(self) -> None:
        """Show the watched caches to the other workers, those that are due. Nothing is raised into the app."""
        shared = self.ledger.shared
        if shared is not None:
            shared.show_watched()

    def forked(self) -> None:
        """Start at zero in the child of a fork, where a thread that is no more may have the turnstile."""
        self.ledger.turnstile = Turnstile()
        self.share(None)
        for watched in self._watched.values():
            watched.forked()
        for counter in (*self._counters.values(), self._overflow):
            counter.begin_anew()

    def disinherit(self) -> None:
        """Leave to the parent of a fork what it counted: at the first use of the tracker in the child."""
        inherited = [watched for watched in self.watched().values() if watched.inherited]
        for watched in inherited:
            watched.inherited = False
        if inherited:
            self.ledger.turnstile.soon(self._count_from, self.read(inherited))

    def watched(self) -> dict[str, Watched]:
        """Copy the caches under watch, by name."""
        return self._watched.copy()

    def read(self, caches: Iterable[Watched]) -> Readings:
        """Read *caches*. What they raise is in the readings."""
        return {watched: watched.read(self.clock) for watched in caches}

    def forget_those_gone(self) -> None:
        """Forget the caches that are no more."""
        for name, watched in self.watched().items():
            if watched.is_gone() and self._watched.get(name) is watched:
                self._watched.pop(name, None)

    # -- inside the turnstile ----------------------------------------------------------------------------------------

    def counters(self) -> Iterator[CacheCounter]:
        """Give the counters, that of all names past MAX_CACHES only if it has counted something."""
        yield from self._counters.copy().values()
        if self._overflow.counts() != CacheCounts():
            yield self._overflow

    def note(self, readings: Readings) -> None:
        """Let the watched caches show what was read."""
        for watched, reading in readings.items():
            watched.note(reading)

    def shown(self) -> dict[str, CacheCounts]:
        """Give what the watched caches show."""
        return {name: watched.shown for name, watched in self.watched().items() if watched.shown is not None}

    def problems(self) -> frozenset[str]:
        """Say what the numbers do not."""
        watched = self.watched().items()
        unread = {f"cache {name!r} could not be read: {cache.problem}" for name, cache in watched if cache.problem}
        return frozenset(unread | {CROWDED} if self._crowded else unread)

    def begin_anew(self) -> None:
        """Count from the last readings on."""
        for watched in self.watched().values():
            watched.begin_anew()
        for counter in (*self._counters.copy().values(), self._overflow):
            counter.begin_anew()

    def _count_from(self, readings: Readings) -> None:
        for watched, reading in readings.items():
            watched.note(reading)
            watched.begin_anew()

    def _counter(self, name: str) -> CacheCounter:
        if name not in self._counters and len(self._counters) >= MAX_CACHES:
            return self._overflow
        return self._counters.setdefault(name, CacheCounter(name, self.ledger))
