"""PerformanceTracker: the one object an app holds."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, Final, cast

from perftrack.caches import CacheCounter, CacheRegistry, Read
from perftrack.forks import begin_anew_after_fork
from perftrack.labels import FoldedPaths
from perftrack.memory import PrivateMemory
from perftrack.memory.choice import NO_ROOM, UndecidedMemory, choose_memory, import_ahead
from perftrack.memory.clocks import Clocks, clock_name
from perftrack.parameters import Scope, Sort
from perftrack.settings import Settings, check_setting

if TYPE_CHECKING:
    from perftrack.shapes import CacheStats, EndpointDetail, Health, Reset, Series, SlowQuery, Stats
    from perftrack.snapshot import Snapshot

DEFAULT_NAME: Final = "perftrack"


class PerformanceTracker:
    """Counts requests and tells what it counted.

    Every setting can be given by keyword, else comes from its `PERFTRACK_*` variable, else has its default.
    """

    def __init__(
        self,
        name: str = DEFAULT_NAME,
        *,
        clock: Callable[[], float] = time.perf_counter,
        wall: Callable[[], float] = time.time,
        **settings: Any,
    ) -> None:
        """Start at zero.

        Args:
            name: Names the tracker in the log.
            clock: A monotonic clock in float seconds; all durations and windows follow it.
            wall: Seconds since 1970, for display.
            settings: Any of `perftrack.Settings`.

        Raises:
            SettingError: A setting's name or value is not allowed.
        """
        self.name = name
        self.settings = Settings.read(settings, os.environ)
        self.clock = clock
        self.wall = wall
        self.paths = FoldedPaths()
        self._slow_query_threshold = self.settings.slow_query_threshold
        self._max_slow_queries = self.settings.max_slow_queries
        self.caches = CacheRegistry(clock, self.failed)
        self._deciding = threading.RLock()
        self._decided: list[PrivateMemory] = []
        """The memories that were decided for; the first one counts."""
        self.memory = self._undecided(Clocks(clock, wall, clock_name()))
        """Where the counters live; decided at the first use."""
        self.record_query_strings = self.settings.record_query_strings
        """The slow log keeps query strings."""
        self.skip = frozenset(self.settings.skip)
        """Paths whose requests are not counted."""
        self._warnings: set[str] = set()
        self._memory_warnings: set[str] = set()
        self._failures = 0
        _made[name] += 1
        self._number = _made[name]
        """Among the trackers of its name."""
        begin_anew_after_fork(self)
        import_ahead(self.settings)

    # -- observe -------------------------------------------------------------------------------------------------

    def record(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one finished request.

        Args:
            method: The HTTP method; one that is not known counts as OTHER.
            route: The route template, such as `/projects/{id}`, not a path with ids in it.
            status: The HTTP status that was sent.
            seconds: Its duration.

        Raises:
            ValueError: *status* is no HTTP status, or *seconds* is negative or not finite.
        """
        if not 100 <= status <= 999:
            raise ValueError(f"status is {status!r}; it must be an HTTP status from 100 to 999")
        if not 0.0 <= seconds < inf:
            raise ValueError(f"seconds is {seconds!r}; it must be a number from 0 on")
        finish = self.clock()
        self.memory.add(method, route, route, status, seconds, None, finish)
        if finish > self.caches.due:
            self.caches.show_watched()

    def watch_cache(self, name: str, cache: object, read: Read | None = None) -> None:
        """Show the numbers of *cache* as *name*, as long as it lives: watching does not keep it alive.

        *cache* has `cache_info()`, or `hits` and `misses`; or it is a function that gives `CacheStats`, which is kept,
        with all that it refers to. For any other cache, *read* gives its `CacheStats`: it is called with the cache.

        Raises:
            TypeError: *cache* is none of these, or cannot be watched without keeping it alive.
        """
        self.caches.watch(name, cache, read)

    def cache(self, name: str) -> CacheCounter:
        """Give the counter of the cache *name*, to count its lookups by hand with `hit()` and `miss()`."""
        return self.caches.counter(name)

    def failed(self, error: BaseException) -> None:
        """Note that perftrack itself failed: counted, logged the first time, shown in `warnings`."""
        self._failures += 1
        if self._failures == 1:
            with suppress(Exception):  # a log handler or filter of the user's
                import logging

                log = logging.getLogger("perftrack")
                log.error("perftrack failed; the app is not affected, its numbers may be", exc_info=error)

    def begin_anew(self) -> None:
        """Start at zero in the child of a fork, where the memory is decided anew."""
        if not self._is_undecided():
            with suppress(Exception):  # what its parent had is not worth the child's life
                self.memory.forget()
        self.caches.forked()
        self._memory_warnings.clear()
        self._deciding = threading.RLock()  # a thread of the parent may hold the old one for ever
        self._decided = []
        self.memory = self._undecided(Clocks(self.clock, self.wall, clock_name()))

    def warn(self, text: str) -> None:
        """Show *text* among the `warnings` of every answer."""
        self._warnings.add(text)

    # -- look ----------------------------------------------------------------------------------------------------

    def snapshot(self, scope: Scope = "host") -> Snapshot:
        """Copy all numbers: those of all workers that share them (`host`), or of this process.

        Raises:
            ValueError: *scope* is neither.
        """
        from perftrack import report
        from perftrack.caches.rows import with_caches

        if scope not in report.SCOPES:
            raise ValueError(f"scope is {scope!r}; it must be one of {', '.join(report.SCOPES)}")
        look = self.memory.snapshot  # which decides the memory, and may warn
        caches = self.caches.collect()
        return with_caches(look(self._all_warnings(), alone=scope == "process"), caches)

    def stats(
        self,
        sort: Sort = "time_share",
        limit: int | None = None,
        endpoint: str | None = None,
        scope: Scope = "host",
    ) -> Stats:
        """Give everything. *sort* orders the rows, *limit* cuts them, *endpoint* keeps the one of that name.

        Raises:
            ValueError: *sort* is no known order, *scope* is unknown, or *limit* is below 1.
        """
        from perftrack import report

        if sort not in report.SORTS:
            raise ValueError(f"sort is {sort!r}; it must be one of {', '.join(report.SORTS)}")
        return report.stats(self.snapshot(scope), sort, _checked_limit(limit), endpoint)

    def endpoint(self, name: str) -> EndpointDetail | None:
        """Give the endpoint called *name* (`GET /projects`) with its distribution; None when there is none."""
        from perftrack import report

        return report.endpoint(self.snapshot(), name)

    def health(self) -> Health:
        """Give the verdict over the last `health_window` seconds, with its reasons."""
        from perftrack import report
        from perftrack.health import HealthPolicy

        return report.health(self.snapshot(), HealthPolicy.of(self.settings))

    def series(self) -> Series:
        """Give the last hour by ten seconds."""
        from perftrack import report

        return report.series(self.snapshot())

    def slow_queries(self, limit: int | None = None) -> list[SlowQuery]:
        """List the slow requests of the log, newest first, at most *limit*.

        Raises:
            ValueError: *limit* is below 1.
        """
        from perftrack import report

        return report.slow_queries(self.snapshot(), _checked_limit(limit))

    def cache_stats(self) -> CacheStats:
        """Give the registered caches and perftrack's own store."""
        from perftrack import report

        return report.cache_stats(self.snapshot())

    def reset(self) -> Reset:
        """Start the counting anew. Requests in flight count in full when they finish; the uptime goes on."""
        from perftrack import report

        self.caches.reset()
        return {"status": "reset", "timestamp": report.moment(self.memory.reset())}

    # -- settings that can change while running --------------------------------------------------------------------

    @property
    def slow_query_threshold(self) -> float:
        """Seconds; a request that lasts longer is slow. Holds for the requests that finish from now on."""
        return self._slow_query_threshold

    @slow_query_threshold.setter
    def slow_query_threshold(self, seconds: float) -> None:
        check_setting("slow_query_threshold", seconds)
        self._slow_query_threshold = seconds
        self._tell_memory()

    @property
    def max_slow_queries(self) -> int:
        """Slow requests kept in the log; the newest stay."""
        return self._max_slow_queries

    @max_slow_queries.setter
    def max_slow_queries(self, count: int) -> None:
        check_setting("max_slow_queries", count)
        self._max_slow_queries = count
        self._tell_memory()

    def _tell_memory(self) -> None:
        """Tell the memory the settings that can change. One that is not decided yet will be told then."""
        if not self._is_undecided():
            self.memory.set_slow_query_threshold(self._slow_query_threshold)
            self.memory.set_max_slow_queries(self._max_slow_queries)

    # -- memory --------------------------------------------------------------------------------------------------------

    def _undecided(self, clocks: Clocks) -> PrivateMemory:
        # Whatever is asked of it is answered by the memory that it decides for.
        return cast("PrivateMemory", UndecidedMemory(lambda: self._decide(clocks)))

    def _decide(self, clocks: Clocks) -> PrivateMemory:
        name = self.name if self._number == 1 else f"{self.name} {self._number}"
        with self._deciding:
            if self._is_undecided():
                memory = choose_memory(
                    name, self.settings, clocks, self._memory_warnings.add, self._count_alone, self.caches
                )
                self._decided.append(memory)  # perhaps after a signal handler's, wherever that strikes
                if self._is_undecided():
                    self.memory = self._decided[0]
                self.memory.show_caches()
                self._tell_memory()
        self.caches.disinherit()
        return self.memory

    def _is_undecided(self) -> bool:
        return isinstance(self.memory, UndecidedMemory)

    def _count_alone(self, memory: PrivateMemory, error: OSError) -> None:
        self.memory = memory
        self.caches.share(None)
        self._memory_warnings.add(NO_ROOM.format(error))

    def _all_warnings(self) -> frozenset[str]:
        warnings = {*self._warnings, *self._memory_warnings, *self.caches.warnings}
        if self._failures:
            warnings.add(f"perftrack failed {self._failures} times; the log has the first failure")
        return frozenset(warnings)


_made: Counter[str] = Counter()
"""Trackers made so far in this process, by name."""


def _checked_limit(limit: int | None) -> int | None:
    if limit is not None and limit < 1:
        raise ValueError(f"limit is {limit!r}; it must be 1 or more")
    return limit
