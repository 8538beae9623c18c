"""What shows the caches of this process to other workers, where there are any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from perftrack.caches.counter import CacheCounter
from perftrack.caches.watched import Reading, Watched

Readings = Mapping[Watched, Reading]


class OtherWorkers(Protocol):
    """The other workers, as far as the caches of this one are concerned."""

    def count(self, counter: CacheCounter, hits: int, misses: int) -> None:
        """Count with *counter*, since the last reset of any worker, and show it."""
        ...

    def note(self, readings: Readings) -> None:
        """Show what was read, since the last reset of any worker. Inside the turnstile."""
        ...

    def watch(self) -> None:
        """Note that a further cache is watched."""
        ...

    def show_watched(self) -> None:
        """Read the watched caches that are due, and show them."""
        ...
