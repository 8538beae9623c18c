"""One cache under watch: a way to it that does not keep it alive, and a way to its numbers."""

# No annotations as text in this module: each field's would be compiled when a NamedTuple is made, at every start.

import weakref
from collections.abc import Callable, Sized
from functools import lru_cache
from math import ceil, inf, isfinite
from operator import index
from types import BuiltinMethodType, MethodType
from typing import Any, Final, NamedTuple

from perftrack.counted import CacheCounts

LAG_STEP: Final = 0.1
"""Seconds. Lags are given in steps, so that they do not change with each reading."""

Read = Callable[[Any], object]
"""Gives the numbers of a cache: `CacheStats`, or anything with its fields or those of functools' `cache_info()`."""


class CacheStats(NamedTuple):
    """What an app says about one of its caches; None for what it does not know."""

    hits: int
    misses: int
    size: int | None = None
    max_size: int | None = None
    evictions: int | None = None


class Reading(NamedTuple):
    """What came of reading a cache once."""

    counts: CacheCounts | None
    """Since the cache began; None when it is no more, or could not be read."""
    problem: str
    """What kind of exception it raised; empty when it raised none."""
    began: float
    """When, by the tracker's clock."""
    seconds: float
    """How long reading took."""


class Watched:
    """A cache under watch. Its own counts go on for ever; these start anew at a reset."""

    __slots__ = (
        "_base",
        "_began",
        "_cache",
        "_is_functools",
        "_lag",
        "_last",
        "_read",
        "_seconds",
        "busy",
        "due",
        "inherited",
        "problem",
        "shown",
    )

    def __init__(self, cache: object, read: Read | None) -> None:
        """Find a way to *cache* and to its numbers.

        Raises:
            TypeError: *cache* has no numbers that could be read, or cannot be watched without keeping it alive.
        """
        self._cache, self._read = _ways_to(cache, read)
        self._is_functools = isinstance(self._cache(), _FUNCTOOLS_CACHE) and read is None
        self._base = self._last = CacheCounts()
        self.shown: CacheCounts | None = None
        """The counts since the last reset, as of the last reading; None when there are none to show."""
        self.problem = ""
        """What kind of exception the last reading raised."""
        self.inherited = False
        """What the parent of a fork counted is in the numbers."""
        self.busy = False
        """A thread is reading the cache for other workers."""
        self.due = -inf
        """When it may be read again for other workers, by the tracker's clock."""
        self._began = -inf
        """When the reading that is shown began."""
        self._lag = 0.0
        self._seconds = 0.0
        """How long the last reading for other workers took."""

    def is_gone(self) -> bool:
        """Tell whether the cache is no more."""
        return self._cache() is None

    def read(self, clock: Callable[[], float]) -> Reading:
        """Read the cache, which is the app's own code: what it raises is told, without its text."""
        began = clock()
        try:
            counts, problem = self._now(), ""
        except Exception as error:  # its text may hold what is nobody's business
            counts, problem = None, type(error).__name__
        return Reading(counts, problem, began, clock() - began)

    def note(self, reading: Reading) -> None:
        """Show the counts of a reading, unless a later one was shown already."""
        if reading.began < self._began:
            return
        self._began = reading.began
        self.problem = reading.problem
        self._last = reading.counts or self._last
        self.shown = None if reading.counts is None else self._since_reset()

    def begin_anew(self) -> None:
        """Count from the last reading on."""
        self._base = self._last
        self.shown = None if self.shown is None else self._since_reset()

    def cost(self, reading: Reading) -> float:
        """Give the seconds that a reading cost.

        A cache of functools never takes long: where it seems to, others had the processor. So the shorter of its last
        two readings counts.
        """
        last, self._seconds = self._seconds, reading.seconds
        return min(last, reading.seconds) if self._is_functools else reading.seconds

    def rest(self, began: float, pause: float, credit: float) -> None:
        """Let *pause* seconds pass on average between readings; up to *credit* seconds of it can be saved up."""
        self.due = max(self.due, began - credit) + pause
        self._lag = ceil(pause / LAG_STEP) * LAG_STEP

    def forked(self) -> None:
        """Leave to the parent of a fork what was counted there.

        At once only for functools' caches: any other may wait for a lock that a thread of the parent has, and is read
        when the process is at work.
        """
        self.busy, self.due = False, -inf
        if self._is_functools:
            self._last = self._now() or CacheCounts()
            self.begin_anew()
        else:
            self.inherited = True

    def _since_reset(self) -> CacheCounts:
        """Take away what was counted before the reset, unless the cache has forgotten it itself (`cache_clear()`)."""
        base, last = self._base, self._last
        evicted = (last.evictions or 0) - (base.evictions or 0)
        if last.hits < base.hits or last.misses < base.misses or evicted < 0:
            base, evicted = CacheCounts(), last.evictions or 0
        evictions = None if last.evictions is None else evicted
        hits, misses = last.hits - base.hits, last.misses - base.misses
        return CacheCounts(hits, misses, last.size, last.max_size, evictions, self._lag)

    def _now(self) -> CacheCounts | None:
        cache = self._cache()
        return None if cache is None else _counts_in(self._read(cache))


@lru_cache
def _some_cache() -> None: ...


_FUNCTOOLS_CACHE: Final = type(_some_cache)
_FUNCTOOLS_INFO: Final = type(_some_cache.cache_info())


def _ways_to(cache: Any, read: Read | None) -> tuple[Callable[[], Any], Read]:
    if read is not None:
        return _weak(cache), read
    if hasattr(cache, "cache_info"):
        # The bound method of a cached function is made at each access; the function has the cache.
        return _weak(cache.__func__ if isinstance(cache, MethodType) else cache), _cache_info
    if hasattr(cache, "hits") and hasattr(cache, "misses"):
        return _weak(cache), _itself
    if not callable(cache):
        raise TypeError(
            f"{type(cache).__name__} cannot be watched: it has neither cache_info() nor hits and misses; "
            "give read=, a function of the cache that returns CacheStats, or count with tracker.cache(name)"
        )
    return _ways_to_callable(cache)


def _ways_to_callable(cache: Any) -> tuple[Callable[[], Any], Read]:
    """Hold on to the owner of a method weakly; a function that somebody gave is held, for nobody else may."""
    if isinstance(cache, MethodType):
        return weakref.WeakMethod(cache), _called
    owner = getattr(cache, "__self__", None)
    if isinstance(cache, BuiltinMethodType) and owner is not None:  # such as `cached_function.cache_info`
        name = cache.__name__
        return _weak(owner), lambda owner: getattr(owner, name)()
    return lambda: cache, _called


def _weak(cache: object) -> Callable[[], Any]:
    try:
        return weakref.ref(cache)
    except TypeError:
        raise TypeError(
            f"{type(cache).__name__} knows no weak references, and watching must not keep a cache alive; "
            "give a function that returns CacheStats instead"
        ) from None


def _cache_info(cache: Any) -> object:
    return cache.cache_info()


def _itself(cache: object) -> object:
    return cache


def _called(read: Callable[[], object]) -> object:
    return read()


def _counts_in(given: Any) -> CacheCounts:
    if type(given) is _FUNCTOOLS_INFO:  # the most common ones, in a fifth of the time
        hits, misses, max_size, size = given
        return CacheCounts(hits, misses, size, max_size)
    return CacheCounts(
        _count(given.hits),
        _count(given.misses),
        _size(given),
        _amount(given, "max_size", "maxsize"),
        _amount(given, "evictions"),
    )


def _count(value: Any) -> int:
    count = index(value)
    if count < 0:
        raise ValueError("a count is negative")
    return count


def _size(given: object) -> int | None:
    size = _amount(given, "size", "currsize")
    if size is not None or not isinstance(given, Sized):
        return size
    return None if isinstance(given, tuple) else len(given)  # `cache_info()` gives a tuple of numbers


def _amount(given: object, *names: str) -> int | None:
    """Find the first number under *names*. A size may be a float, and a limit infinite, which is none."""
    values = (getattr(given, name, None) for name in names)
    value = next((value for value in values if isinstance(value, int | float) and isfinite(value)), None)
    return None if value is None else max(0, int(value))
