"""All caches that a tracker knows in this process."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from perftrack.caches.counter import CacheCounter
from perftrack.caches.watched import Read, Watched
from perftrack.labels import OVERFLOW, bounded_text
from perftrack.snapshot_parts import CacheCounts, added

MAX_CACHES: Final = 100
"""Caches that are watched, and as many that are counted by hand: names can come from anywhere."""


class CacheRegistry:
    """The caches of a tracker by name. No method waits for another thread, and nothing of the app runs under a lock."""

    def __init__(self) -> None:
        """Start with none."""
        self._watched: dict[str, Watched] = {}
        self._counters: dict[str, CacheCounter] = {}
        self._overflow = CacheCounter()
        self._crowded = False
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
            self._forget_those_gone()
        if name in self._watched or len(self._watched) < MAX_CACHES:
            self._watched[name] = watched
        else:
            self._crowded = True

    def counter(self, name: str) -> CacheCounter:
        """Find the counter of *name*, made at the first call. Past MAX_CACHES names all share one."""
        counter = self._counters.get(name)
        return self._counter(bounded_text(name)) if counter is None else counter

    def collect(self) -> Mapping[str, CacheCounts]:
        """Read all caches of this process. One that raises is in `warnings`, one that is no more is nowhere."""
        watched, problems = self._read_watched()
        counted = {name: counter.read() for name, counter in self._counters.copy().items()}
        overflow = self._overflow.read()
        if overflow != CacheCounts():
            counted[OVERFLOW] = overflow
        if self._crowded or OVERFLOW in counted:
            problems.add(f"more than {MAX_CACHES} caches: the others are not shown by name")
        self.warnings = frozenset(problems)
        return added(watched, counted, CacheCounts.merge)

    def reset(self) -> None:
        """Count from here on; the caches themselves are left alone."""
        for watched in self._watched.copy().values():
            with suppress(Exception):  # `collect` tells about it
                watched.reset()
        for counter in (*self._counters.copy().values(), self._overflow):
            counter.reset()

    def forked(self) -> None:
        """Start at zero in the child of a fork."""
        for watched in self._watched.values():
            watched.forked()
        for counter in (*self._counters.values(), self._overflow):
            counter.forked()

    def _counter(self, name: str) -> CacheCounter:
        if name not in self._counters and len(self._counters) >= MAX_CACHES:
            return self._overflow
        return self._counters.setdefault(name, CacheCounter())

    def _forget_those_gone(self) -> None:
        for name, watched in self._watched.copy().items():
            if watched.is_gone():
                self._watched.pop(name, None)

    def _read_watched(self) -> tuple[dict[str, CacheCounts], set[str]]:
        found: dict[str, CacheCounts] = {}
        problems: set[str] = set()
        for name, watched in self._watched.copy().items():
            try:
                counts = watched.counts()
            except Exception as error:  # the app's own; its text may hold what is nobody's business
                problems.add(f"cache {name!r} could not be read: {type(error).__name__}")
                continue
            if counts is not None:
                found[name] = counts
        return found, problems
