"""Counting the lookups of a cache that does not count by itself, for the adapters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from types import TracebackType
from typing import Any

from perftrack.caches.counter import CacheCounter


class _Depth(threading.local):
    depth = 0


class Lookups:
    """Counts the lookups of one cache, whose methods may call each other: `with` tells which call is the outermost."""

    def __init__(self, counter: CacheCounter, failed: Callable[[BaseException], None]) -> None:
        """Count with *counter*; *failed* is told what went wrong in doing so."""
        self._counter = counter
        self._failed = failed
        self._here = _Depth()

    def __enter__(self) -> bool:
        """Tell whether no other method of the cache is at work in this thread."""
        self._here.depth += 1
        return self._here.depth == 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the method."""
        self._here.depth -= 1

    def count(self, hits_and_misses: Callable[[], tuple[int, int]]) -> None:
        """Count what *hits_and_misses* finds. Nothing is raised into the app."""
        try:
            hits, misses = hits_and_misses()
            if hits:
                self._counter.hit(hits)
            if misses:
                self._counter.miss(misses)
        except Exception as error:
            self._failed(error)


def count_lookups(backend: Any, methods: Any, lookups: Lookups) -> None:
    """Put *methods*, which count with `self.perftrack_lookups`, before those of *backend*, once.

    Its class becomes one with the same name, so that `super()` works and no cycle keeps it alive.
    """
    if not isinstance(backend, methods):
        backend.perftrack_lookups = lookups
        backend.__class__ = _mixed(methods, backend.__class__)


@cache
def _mixed(methods: Any, kind: Any) -> type:
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind.__name__, (methods, kind), names)
