"""The app's caches: watched or counted by hand, never kept alive, never fatal."""

from __future__ import annotations

import gc
import os
import weakref
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import CacheStats, PerformanceTracker, Snapshot, report
from perftrack.caches import MAX_CACHES, CacheRegistry
from perftrack.caches.watched import Reading, Watched
from perftrack.counted import CacheCounts, added
from tests.core.concurrency import finish_or_hang
from tests.support import FakeClock

NOTHING = {
    "hits": 0,
    "misses": 0,
    "hit_rate": 0.0,
    "size": None,
    "max_size": None,
    "evictions": None,
    "lag_seconds": 0.0,
}


class Counting(OrderedDict[str, int]):
    """A cache of an app that counts by itself, as those of cachetools with counters do."""

    def __init__(self, hits: Any = 3, misses: Any = 1, maxsize: float = 8) -> None:
        super().__init__({"a": 1, "b": 2})
        self.hits, self.misses, self.maxsize = hits, misses, maxsize

    def stats(self) -> CacheStats:
        """Tell the numbers."""
        return CacheStats(self.hits, self.misses)


class Slotted:
    """A cache to which there is no weak reference."""

    __slots__ = ("hits", "misses")

    def __init__(self) -> None:
        self.hits, self.misses = 1, 1


def used(maxsize: int | None = 4) -> Any:
    """Give a function with a cache of functools that was looked up five times, twice with success."""

    @lru_cache(maxsize)
    def square(number: int) -> int:
        return number * number

    for number in (1, 2, 1, 2, 3):
        square(number)
    return square


def row(tracker: PerformanceTracker, name: str = "cache") -> dict[str, Any] | None:
    """Give what a tracker shows of one cache."""
    return dict(found) if (found := tracker.cache_stats()["caches"].get(name)) else None


def test_functions_with_a_cache() -> None:
    """A cache of functools is shown with hits, misses, hit rate, size and limit; one without a limit has none."""
    tracker = PerformanceTracker()
    limited, unlimited = used(), used(None)
    tracker.watch_cache("limited", limited)
    tracker.watch_cache("unlimited", unlimited)
    expected = {**NOTHING, "hits": 2, "misses": 3, "hit_rate": 40.0, "size": 3, "max_size": 4}
    assert row(tracker, "limited") == expected
    assert row(tracker, "unlimited") == {**expected, "max_size": None}
    assert tracker.cache_stats()["totals"] == {"hits": 4, "misses": 6, "hit_rate": 40.0}


def test_functions_of_cachetools() -> None:
    """The functions and methods that cachetools caches with `info=True` are shown as those of functools are."""
    cachetools: Any = pytest.importorskip("cachetools", reason="comes with the extra `test`")

    def cube(number: int) -> int:
        return number**3

    cubes = cachetools.cached(cachetools.LRUCache(maxsize=2), info=True)(cube)
    for number in (1, 1, 2, 3):
        cubes(number)
    tracker = PerformanceTracker()
    tracker.watch_cache("cache", cubes)
    assert row(tracker) == {**NOTHING, "hits": 1, "misses": 3, "hit_rate": 25.0, "size": 2, "max_size": 2}


def test_objects_with_counts() -> None:
    """A cache with `hits` and `misses` is shown with its length and its limit; an infinite limit is none."""
    tracker = PerformanceTracker()
    here, endless = Counting(), Counting(maxsize=float("inf"))
    tracker.watch_cache("cache", here)
    tracker.watch_cache("endless", endless)
    expected = {**NOTHING, "hits": 3, "misses": 1, "hit_rate": 75.0, "size": 2, "max_size": 8}
    assert row(tracker) == expected
    assert row(tracker, "endless") == {**expected, "max_size": None}


def test_functions_that_tell() -> None:
    """A function that gives `CacheStats` is asked at each look, also one that nobody else holds."""
    tracker = PerformanceTracker()
    told = [CacheStats(1, 3, 10, 20, 5)]
    tracker.watch_cache("cache", lambda: told[-1])
    expected = {**NOTHING, "hits": 1, "misses": 3, "hit_rate": 25.0, "size": 10, "max_size": 20, "evictions": 5}
    assert row(tracker) == expected
    told.append(CacheStats(2, 3))
    assert row(tracker) == {**NOTHING, "hits": 2, "misses": 3, "hit_rate": 40.0}
    tracker.watch_cache("partial", partial(CacheStats, 7, 0))
    assert row(tracker, "partial") == {**NOTHING, "hits": 7, "hit_rate": 100.0}


def test_any_other_cache_with_a_reader() -> None:
    """`read=` is called with the cache."""
    tracker = PerformanceTracker()
    here = Counting()
    tracker.watch_cache("cache", here, read=lambda cache: CacheStats(0, 0, size=len(cache)))
    assert row(tracker) == {**NOTHING, "size": 2}


def test_counting_by_hand() -> None:
    """`hit()` and `miss()` count one or several lookups, and add to what a watched cache of that name tells."""
    tracker = PerformanceTracker()
    users = tracker.cache("cache")
    users.hit()
    users.hit(3)
    users.miss()
    tracker.cache("cache").miss(0)
    assert row(tracker) == {**NOTHING, "hits": 4, "misses": 1, "hit_rate": 80.0}
    tracker.watch_cache("cache", lambda: CacheStats(0, 1, size=9))
    assert row(tracker) == {**NOTHING, "hits": 4, "misses": 2, "hit_rate": 66.67, "size": 9}


def test_a_count_that_is_none_is_refused() -> None:
    """Who counts a negative number, or no whole one, is told so, and nothing is counted."""
    users = PerformanceTracker().cache("users")
    with pytest.raises(ValueError, match="count is -1; it must be 0 or more"):
        users.hit(-1)
    with pytest.raises(TypeError):
        users.miss("1")  # type: ignore[arg-type]
    assert users.read() == CacheCounts()


def test_no_count_is_lost_between_threads() -> None:
    """Threads that count while others look at it, and reset another tracker, lose nothing."""
    tracker = PerformanceTracker()

    def write() -> None:
        for _ in range(20_000):
            tracker.cache("users").hit()
            tracker.cache("users").miss(2)

    finish_or_hang(*[write] * 4, *[lambda: [tracker.cache_stats() for _ in range(300)]] * 2)
    found = tracker.caches.collect()["users"]
    assert (found.hits, found.misses) == (80_000, 160_000)


WATCHABLE: dict[str, Callable[[], tuple[Any, Any]]] = {
    "function": lambda: (a := used(), a),
    "its cache_info": lambda: (a := used(), a.cache_info),
    "counting": lambda: (a := Counting(), a),
    "method": lambda: (a := Counting(), a.stats),
}


@pytest.mark.parametrize("kind", WATCHABLE)
def test_watching_keeps_nothing_alive(kind: str) -> None:
    """The row is there while the app has its cache, through garbage collections too, and goes with the cache."""
    tracker = PerformanceTracker()
    owner, watched = WATCHABLE[kind]()
    tracker.watch_cache("cache", watched)
    last = weakref.ref(owner)
    del watched
    gc.collect()
    assert row(tracker) is not None
    del owner
    gc.collect()
    assert (last(), row(tracker), tracker.stats()["warnings"]) == (None, None, [])


def test_a_cached_method_is_watched_at_its_class() -> None:
    """The bound method lives for a moment only; the cache behind it is the class's, and no instance is kept."""

    class Users:
        @lru_cache(8)  # noqa: B019 - kept alive by the cache, not by who watches it
        def find(self, number: int) -> int:
            return number

    tracker = PerformanceTracker()
    users = Users()
    tracker.watch_cache("cache", users.find)
    assert [users.find(1), users.find(1)] == [1, 1]
    found = row(tracker)
    assert found is not None
    assert (found["hits"], found["misses"]) == (1, 1)


@pytest.mark.parametrize(
    ("cache", "message"),
    [
        ({}, "dict cannot be watched: it has neither cache_info"),
        (Slotted(), "Slotted knows no weak references.* function that returns CacheStats"),
    ],
)
def test_what_cannot_be_watched_is_refused(cache: Any, message: str) -> None:
    """The message says what to give instead."""
    with pytest.raises(TypeError, match=message):
        PerformanceTracker().watch_cache("cache", cache)


def failing() -> CacheStats:
    """Fail with a text that nobody is to see."""
    raise ConnectionError("redis://user:secret@host")


@pytest.mark.parametrize(
    ("given_stats", "problem"),
    [
        (failing, "ConnectionError"),
        (lambda: CacheStats(-1, 0), "ValueError"),
        (lambda: CacheStats(0.5, 0), "TypeError"),  # type: ignore[arg-type]
        (lambda: None, "AttributeError"),
    ],
)
def test_a_cache_that_raises_is_reported(given_stats: Callable[[], Any], problem: str) -> None:
    """It is in the warnings, without the text of its error; the others are shown, and it comes back when it is well."""
    tracker = PerformanceTracker()
    tracker.watch_cache("cache", given_stats)
    tracker.cache("other").hit()
    assert list(tracker.cache_stats()["caches"]) == ["other"]
    assert tracker.stats()["warnings"] == [f"cache 'cache' could not be read: {problem}"]
    tracker.reset()
    tracker.watch_cache("cache", lambda: CacheStats(1, 0))
    assert list(tracker.cache_stats()["caches"]) == ["cache", "other"]
    assert tracker.stats()["warnings"] == []


def test_names_are_bounded() -> None:
    """Past the limit a cache is not watched, and the counters share a row; the payload says so, and nothing is lost."""
    tracker = PerformanceTracker()
    for number in range(MAX_CACHES + 5):
        tracker.cache(f"counted {number:03}").hit()
    stats = tracker.cache_stats()
    assert len(stats["caches"]) == MAX_CACHES + 1
    assert (stats["caches"]["<overflow>"]["hits"], stats["totals"]["hits"]) == (5, MAX_CACHES + 5)
    assert tracker.stats()["warnings"] == ["more than 100 caches: the others are not shown by name"]


def test_a_long_name_is_cut() -> None:
    """A name is cut as a route is, and the counter stays one."""
    tracker = PerformanceTracker()
    tracker.cache("x" * 1000).hit()
    tracker.cache("x" * 1000).hit()
    [(name, counts)] = tracker.cache_stats()["caches"].items()
    assert (len(name), counts["hits"]) == (255, 2)


def test_caches_that_are_gone_make_room() -> None:
    """Past the limit a cache takes the place of one that is no more; while all live, it is not shown."""
    registry = CacheRegistry(FakeClock(), print)
    alive = [Counting() for _ in range(MAX_CACHES)]
    for number in range(MAX_CACHES):
        registry.watch(str(number), alive[number])
    another = Counting(hits=99)
    registry.watch("another", another)
    assert "another" not in registry.collect()
    assert registry.warnings == {"more than 100 caches: the others are not shown by name"}
    del alive[7]
    gc.collect()
    registry.watch("another", another)
    assert registry.collect()["another"].hits == 99


def test_a_name_shows_the_last_cache() -> None:
    """Watching another cache under the same name takes the place of the first."""
    tracker = PerformanceTracker()
    first, second = Counting(hits=1), Counting(hits=2)
    tracker.watch_cache("cache", first)
    tracker.watch_cache("cache", second)
    assert (row(tracker) or {})["hits"] == 2


def test_a_reset_starts_caches_anew() -> None:
    """After a reset, hits and misses count from there on; size and limit stay, and so does the cache itself."""
    tracker = PerformanceTracker()
    square = used()
    tracker.watch_cache("cache", square)
    tracker.watch_cache("told", lambda: CacheStats(10, 10, evictions=4))
    tracker.cache("counted").hit()
    tracker.reset()
    square(3)
    assert row(tracker) == {**NOTHING, "hits": 1, "hit_rate": 100.0, "size": 3, "max_size": 4}
    assert row(tracker, "told") == {**NOTHING, "evictions": 0}
    assert row(tracker, "counted") == NOTHING
    assert square.cache_info().hits == 3
    square.cache_clear()
    square(3)
    assert (row(tracker) or {})["misses"] == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_starts_at_zero() -> None:
    """What the parent counted stays the parent's, so that the workers' counts can be added up."""
    tracker = PerformanceTracker()
    square, other = used(), Counting(hits=7, misses=2)
    tracker.watch_cache("cache", square)
    tracker.watch_cache("other", other)
    tracker.cache("counted").hit()
    child = os.fork()
    if child == 0:
        square(3)
        assert tracker.memory.live == {}  # the first use, as by a request
        other.hits += 1
        found = tracker.caches.collect()
        expected = {"cache": CacheCounts(1, 0, 3, 4), "other": CacheCounts(1, 0, 2, 8), "counted": CacheCounts()}
        os._exit(0 if found == expected else 1)
    assert os.waitpid(child, 0)[1] == 0
    found = tracker.caches.collect()
    assert (found["counted"].hits, found["other"].hits) == (1, 7)


def test_a_reading_that_others_delay_costs_nothing() -> None:
    """A cache of functools tells its numbers at once: the shorter of two readings counts, and of any other the last."""
    square = used()
    quick, other = Watched(square, None), Watched(lambda: CacheStats(1, 1), None)
    for seconds, of_functools in ((3.0, 0.0), (0.5, 0.5), (2.0, 0.5), (0.25, 0.25)):
        reading = Reading(CacheCounts(), "", 0.0, seconds)
        assert (quick.cost(reading), other.cost(reading)) == (of_functools, seconds)


AMOUNTS = st.none() | st.integers(0, 9)
LOOKUPS = st.integers(0, 9)
LAGS = st.sampled_from([0.0, 0.1, 0.2])
COUNTS = st.builds(CacheCounts, LOOKUPS, LOOKUPS, AMOUNTS, AMOUNTS, AMOUNTS, LAGS)
CACHES = st.dictionaries(st.sampled_from("abc"), COUNTS)


def snapshot_of(caches: dict[str, CacheCounts]) -> Snapshot:
    """Give a snapshot with *caches* and nothing else."""
    return Snapshot(monotonic=0.0, wall=0.0, clock_id="", uptime=0.0, started=0.0, caches=caches)


@settings(max_examples=200, deadline=None, database=None)
@given(CACHES, CACHES, CACHES)
def test_merging_is_commutative_and_associative(
    first: dict[str, CacheCounts], second: dict[str, CacheCounts], third: dict[str, CacheCounts]
) -> None:
    """The order and the grouping of three workers' caches do not matter, and what nobody knows stays unknown."""
    a, b, c = snapshot_of(first), snapshot_of(second), snapshot_of(third)
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    merged = report.cache_stats(a.merge(b).merge(c))
    everything = [counts for caches in (first, second, third) for counts in caches.values()]
    assert merged["totals"]["hits"] == sum(counts.hits for counts in everything)
    for name, found in merged["caches"].items():
        sizes = [caches[name].size for caches in (first, second, third) if name in caches]
        known = [size for size in sizes if size is not None]
        assert found["size"] == (sum(known) if known else None)
        lags = [caches[name].lag for caches in (first, second, third) if name in caches]
        assert found["lag_seconds"] == max(lags)


def test_nothing_merges_as_zero() -> None:
    """A snapshot without caches changes nothing, and the merged caches are a copy."""
    caches = {"a": CacheCounts(1, 2)}
    assert snapshot_of(caches).merge(snapshot_of({})).caches == caches
    assert added(caches, {}, CacheCounts.merge) is not caches
