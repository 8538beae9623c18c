"""Shows the caches of this process to the other workers of its group."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Final

from perftrack.caches import CacheCounter, CacheRegistry
from perftrack.caches.sharing import Readings
from perftrack.caches.watched import Reading, Watched
from perftrack.memory.shared.cache_records import LARGEST, caches_record, names_record
from perftrack.memory.shared.segment import Segment

SHARE: Final = 200
"""Reading the watched caches for other workers is given one part in so many of a worker's time: half of the 1 % that is
promised, because clocks are read in between and cost time too.
"""

CREDIT: Final = 5.0
"""Seconds of rest that are saved up in quiet times, so that after most requests the caches can be read at once."""


class SharedCaches:
    """The caches of this process, as the other workers see them.

    Lookups that are counted by hand are shown at once. Watched caches are the app's own code: they are read after the
    last byte of a request, and then rest for as many times as long as that took, so that their cost is bounded whatever
    they do. A worker that has no more requests shows what they were after its last one, or that rest before.

    Turnstile and registry are one tracker's; the turnstile is never held while a cache is read.
    """

    def __init__(
        self,
        registry: CacheRegistry,
        segment: Segment,
        follow_reset: Callable[[], None],
        show: Callable[..., None],
        read_after_requests: Callable[[], None],
    ) -> None:
        """Show nothing yet.

        Args:
            registry: The caches.
            segment: Where to show them.
            follow_reset: Starts at zero, if there was a reset. Inside the turnstile.
            show: Calls a function with its arguments, and looks after it finding no room. Inside the turnstile.
            read_after_requests: Lets `show_watched` of the registry be called when it is due.
        """
        self._registry = registry
        self._segment = segment
        self._follow_reset = follow_reset
        self._show = show
        self._read_after_requests = read_after_requests
        self._rows: dict[str, int] = {}
        """Name -> row of the cells that show its lookups."""
        self._watched = b""
        """The record of the watched caches."""
        self._beside = self._overhead = 0.0
        """Seconds that all but the reading took the last time, and that it takes."""

    def begin(self) -> None:
        """Show what was counted so far, and from now on."""
        self._registry.share(self)
        self._soon(self._show_counters)
        if self._registry.watched():
            self.watch()

    def count(self, counter: CacheCounter, hits: int, misses: int) -> None:
        """Count with *counter*, and show it. Nothing is raised into the app."""
        try:
            self._registry.ledger.turnstile.soon(self._count, counter, hits, misses)
        except Exception as error:
            self._registry.failed(error)

    def watch(self) -> None:
        """Note that a further cache is watched."""
        self._read_after_requests()
        self._soon(self._let_all_be_read)

    def show_watched(self) -> None:
        """Read the watched caches that are due, and show them. Nothing is raised into the app."""
        try:
            self._read_those_due()
        except Exception as error:
            self._registry.failed(error)

    def _soon(self, work: Callable[..., None], *arguments: object) -> None:
        try:
            self._registry.ledger.turnstile.soon(self._show_current, work, *arguments)
        except Exception as error:
            self._registry.failed(error)

    def _read_those_due(self) -> None:
        began = self._registry.clock()
        readings = self._readings(cache for cache in self._registry.watched().values() if cache.due <= began)
        # Unless this is a child of a fork that a cache made.
        if readings and self._registry.ledger.shared is self:
            self._soon(self._note_those_due, began, readings)

    def _readings(self, caches: Iterable[Watched]) -> Readings:
        """Read *caches*, but for those that a thread is reading: one that hangs is to hold one request only."""
        readings: dict[Watched, Reading] = {}
        for cache in caches:
            if cache.busy:
                continue
            cache.busy = True
            try:
                readings[cache] = cache.read(self._registry.clock)
            finally:
                cache.busy = False
        return readings

    # -- inside the turnstile ----------------------------------------------------------------------------------------

    def begin_anew(self) -> None:
        """Start at zero after a reset. The records go with all others; until then the segment counts for nobody."""
        self._segment.lookups[:] = memoryview(bytes(self._segment.lookups.nbytes)).cast("Q")
        self._rows.clear()
        self._watched = b""
        self._registry.begin_anew()

    def note(self, readings: Readings) -> None:
        """Show what was read. Called inside the turnstile, for the worker that answers."""
        self._show_current(self._note, readings)

    def _show_current(self, work: Callable[..., None], *arguments: object) -> None:
        self._follow_reset()
        self._show(work, *arguments)

    def _note(self, readings: Readings) -> None:
        self._registry.note(readings)
        record = caches_record(self._registry.shown(), self._registry.problems())
        if record != self._watched:
            self._segment.put(self._segment.layout.watched, record)
            self._segment.commit()
            self._watched = record

    def _note_those_due(self, began: float, readings: Readings) -> None:
        if any(cache.is_gone() for cache in readings):
            self._registry.forget_those_gone()
        self._let_rest(began, readings)
        self._note(readings)
        beside = self._registry.clock() - began - sum(reading.seconds for reading in readings.values())
        # The shorter of the last two, because this never takes long: where it seems to, others had the processor.
        self._overhead, self._beside = min(beside, self._beside), beside

    def _let_rest(self, began: float, readings: Readings) -> None:
        caches = self._registry.watched().values()
        for cache, reading in readings.items():
            cost = cache.cost(reading) + self._overhead / len(readings)
            cache.rest(began, SHARE * len(caches) * cost, CREDIT)
        self._registry.due = min((cache.due for cache in caches), default=inf)

    def _let_all_be_read(self) -> None:
        self._registry.due = -inf

    def _show_counters(self) -> None:
        for counter in self._registry.counters():
            self._count(counter, 0, 0)

    def _count(self, counter: CacheCounter, hits: int, misses: int) -> None:
        self._follow_reset()
        hits, misses = counter.add(hits, misses)
        if counter.name not in self._rows:
            self._show(self._name, counter.name)
        cells, row = self._segment.lookups, self._rows.get(counter.name)
        if row is not None:
            cells[2 * row] = hits if hits < LARGEST else LARGEST
            cells[2 * row + 1] = misses if misses < LARGEST else LARGEST

    def _name(self, name: str) -> None:
        """Give a row to the lookups of one more cache."""
        self._segment.put(self._segment.layout.cache_names, names_record([*self._rows, name]))
        self._segment.commit()
        self._rows[name] = len(self._rows)
