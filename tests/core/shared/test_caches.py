"""The caches of all members: lookups add up, whoever is asked and whoever has died; what the dead held is gone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from math import inf
from multiprocessing.connection import Connection
from typing import Any

import pytest

from perftrack import CacheStats, PerformanceTracker
from perftrack.caches import MAX_CACHES
from perftrack.exchange import Exchange, begin
from perftrack.memory.shared import caches
from perftrack.memory.shared.cache_records import names_record
from perftrack.memory.shared.caches import CREDIT, SHARE
from perftrack.memory.shared.segment import Segment
from tests.core.concurrency import finish_or_hang
from tests.core.shared.support import (
    LIMIT,
    child,
    folder_of,
    joined,
    member,
    private,
    record_many,
    segments,
    shared_memory,
)
from tests.core.shared.test_no_room import no_room
from tests.support import FakeClock


def used(hits: int, misses: int, maxsize: int | None = 8) -> Any:
    """Give a function with a cache that was looked up so often."""

    @lru_cache(maxsize)
    def same(number: int) -> int:
        return number

    for number in (*range(misses), *[0] * hits):
        same(number)
    return same


def row(tracker: PerformanceTracker, name: str = "cache") -> dict[str, Any]:
    """Give what a tracker shows of one cache."""
    return dict(tracker.cache_stats()["caches"][name])


def lookups(tracker: PerformanceTracker, name: str = "cache") -> tuple[int, int]:
    """Give hits and misses that a tracker shows of one cache."""
    found = row(tracker, name)
    return found["hits"], found["misses"]


def serve(tracker: PerformanceTracker, during: Callable[[], object] = lambda: None) -> None:
    """Serve a request that does something."""
    exchange = begin(Exchange, tracker, lambda _: "/", {}, "GET", "/")
    during()
    exchange.status = 200
    exchange.complete()
    exchange.returned()


class Slow:
    """A cache that takes its time to tell its numbers, by a clock that stands still otherwise."""

    def __init__(self, clock: FakeClock, seconds: float) -> None:
        self.clock, self.seconds = clock, seconds
        self.hits = 0
        self.asked: list[float] = []

    def stats(self) -> CacheStats:
        """Tell."""
        self.asked.append(self.clock())
        self.clock.tick(self.seconds)
        return CacheStats(self.hits, 0)


# -- counted by hand -------------------------------------------------------------------------------------------------


def test_lookups_counted_by_hand_are_exact_at_once(clock: FakeClock) -> None:
    """Whoever is asked shows those of all, with no request between; one process alone can be asked too."""
    one, two = member(clock), member(clock)
    one.cache("cache").hit()
    two.cache("cache").hit(3)
    two.cache("cache").miss()
    two.cache("another").miss(2)
    for tracker in (one, two):
        assert row(tracker) == {
            "hits": 4,
            "misses": 1,
            "hit_rate": 80.0,
            "size": None,
            "max_size": None,
            "evictions": None,
            "lag_seconds": 0.0,
        }
        assert lookups(tracker, "another") == (0, 2)
        assert tracker.cache_stats()["totals"] == {"hits": 4, "misses": 3, "hit_rate": 57.14}
    alone = one.snapshot("process").caches
    assert {name: (counts.hits, counts.misses) for name, counts in alone.items()} == {"cache": (1, 0)}


def test_what_was_counted_before_the_first_use_is_shown(clock: FakeClock) -> None:
    """An app may look into its caches long before its worker joins the others."""
    tracker, reader = private(clock), member(clock)
    tracker.cache("cache").hit(5)
    watched = used(2, 1)
    tracker.watch_cache("watched", watched)
    tracker.memory = joined(tracker)
    tracker.memory.show_caches()
    assert list(reader.cache_stats()["caches"]) == ["cache"]
    serve(tracker)
    assert (lookups(reader), lookups(reader, "watched")) == ((5, 0), (2, 1))


def test_threads_that_count_lose_nothing(clock: FakeClock) -> None:
    """Nor do those who look, nor those who reset another group."""
    one, two = member(clock), member(clock)

    def write(tracker: PerformanceTracker) -> Callable[[], object]:
        def count() -> None:
            for _ in range(4000):
                tracker.cache("cache").hit()
                tracker.cache("cache").miss(2)

        return count

    finish_or_hang(*[write(one)] * 2, *[write(two)] * 2, *[lambda: [one.cache_stats() for _ in range(30)]] * 2)
    assert lookups(one) == lookups(two) == (16_000, 32_000)


def test_every_lookup_before_a_kill_counts(clock: FakeClock) -> None:
    """A worker that is killed while it counts has lost none that was counted, and doubled none."""
    reader = member(clock)
    acknowledged, acknowledge = os.pipe()

    def work(_: Connection) -> None:
        counter = member(clock).cache("cache")
        while True:
            counter.hit()
            os.write(acknowledge, b".")

    with child(work) as worker:
        os.close(acknowledge)
        number = 0
        while number < 2000:
            number += len(os.read(acknowledged, 1 << 16))
        worker.kill()
    while chunk := os.read(acknowledged, 1 << 16):
        number += len(chunk)
    os.close(acknowledged)
    hits, misses = lookups(reader)
    assert number <= hits <= number + 1
    assert misses == 0
    assert lookups(reader) == (hits, 0)  # now out of the file of the dead
    assert len(segments(folder_of(reader))) == 1


def test_more_lookups_than_a_cell_holds(clock: FakeClock) -> None:
    """The cell stays at its largest number, and the app notices nothing."""
    one, two = member(clock), member(clock)
    one.cache("cache").hit((1 << 64) - 2)
    one.cache("cache").hit(5)
    assert lookups(two) == ((1 << 64) - 1, 0)
    assert one.stats()["warnings"] == []


# -- under watch -----------------------------------------------------------------------------------------------------


def test_watched_caches_add_up(clock: FakeClock) -> None:
    """Each worker has its own: lookups, sizes and limits are added, and what only one knows stays."""
    one, two, three = member(clock), member(clock), member(clock)
    first, second = used(2, 3), used(1, 1, None)
    one.watch_cache("cache", first)
    two.watch_cache("cache", second)
    three.watch_cache("cache", lambda: CacheStats(4, 0, evictions=7))
    for tracker in (one, two, three):
        serve(tracker)
    for tracker in (one, two, three):
        found = row(tracker)
        assert found.pop("lag_seconds") in (0.0, 0.1)
        assert found == {"hits": 7, "misses": 4, "hit_rate": 63.64, "size": 4, "max_size": 8, "evictions": 7}
    two.cache("cache").hit()
    assert lookups(one) == lookups(three) == (8, 4)


def test_every_request_shows_what_it_did(clock: FakeClock) -> None:
    """Its own last lookup too, in the numbers of every other worker."""
    one, two = member(clock), member(clock)
    same = used(0, 0)
    one.watch_cache("cache", same)
    for number in range(20):
        serve(one, lambda: same(1))
        assert lookups(two) == (number, 1)
    one.record("GET", "/by-hand", 200, 0.25)
    same(1)
    one.record("GET", "/by-hand", 200, 0.25)
    assert lookups(two) == (20, 1)


def test_whoever_answers_reads_his_own(clock: FakeClock) -> None:
    """His numbers are those of this moment, with no request between; and the others see them from then on."""
    one, two = member(clock), member(clock)
    same = used(0, 0)
    one.watch_cache("cache", same)
    same(1)
    assert "cache" not in two.cache_stats()["caches"]
    assert lookups(one) == (0, 1)
    assert lookups(two) == (0, 1)


def test_a_cache_that_is_gone_goes_from_all(clock: FakeClock) -> None:
    """With the next request of its worker; what was counted by hand under its name stays."""
    one, two = member(clock), member(clock)
    same = used(2, 1)
    one.watch_cache("cache", same)
    one.cache("cache").hit()
    serve(one)
    assert lookups(two) == (3, 1)
    del same
    serve(one)
    assert lookups(two) == (1, 0)
    assert (one.caches.watched(), one.caches.due) == ({}, inf)


def test_a_killed_worker_leaves_its_lookups(clock: FakeClock) -> None:
    """They stay in the sum, seen dead, folded, and folded with others; what its cache held does not."""
    reader = member(clock)
    own = used(1, 1)
    reader.watch_cache("cache", own)
    reader.cache("counted").hit()
    serve(reader)

    def work(pipe: Connection) -> None:
        tracker, same = member(clock), used(5, 3)
        tracker.watch_cache("cache", same)
        tracker.cache("counted").miss(2)
        serve(tracker)
        pipe.send("done")
        pipe.recv()

    for deaths in (1, 2):
        with child(work) as worker:
            worker.answer()
            found = row(reader)
            assert (found["size"], found["max_size"]) == (4, 16)
            worker.kill()
        for _ in range(3):
            found = row(reader)
            assert (found["hits"], found["misses"]) == (1 + 5 * deaths, 1 + 3 * deaths)
            assert (found["size"], found["max_size"]) == (1, 8)
            assert lookups(reader, "counted") == (1, 2 * deaths)
        assert len(segments(folder_of(reader))) == 1
    assert lookups(member(clock)) == (11, 7)


@pytest.mark.parametrize("resetting", [0, 1])
def test_a_reset_starts_the_caches_of_all_anew(clock: FakeClock, resetting: int) -> None:
    """Whoever resets and whoever is asked: lookups count from there on, sizes stay, the dead are forgotten."""
    trackers = member(clock), member(clock)
    watched = used(2, 3), used(4, 1)
    for tracker, cache in zip(trackers, watched, strict=True):
        tracker.watch_cache("cache", cache)
        tracker.cache("counted").hit(9)
        serve(tracker)
    with child(lambda _: member(clock).cache("counted").hit(7)) as worker:
        assert worker.wait() == 0
    assert lookups(trackers[0], "counted") == (25, 0)
    trackers[resetting].reset()
    for tracker in trackers:
        assert tracker.cache_stats()["totals"] == {"hits": 0, "misses": 0, "hit_rate": 0.0}
    for tracker, cache in zip(trackers, watched, strict=True):
        serve(tracker, partial(cache, 0))
        tracker.cache("counted").miss()
    for tracker in trackers:
        found = row(tracker)
        assert (found["hits"], found["misses"], found["size"], found["max_size"]) == (2, 0, 4, 16)
        assert lookups(tracker, "counted") == (0, 2)


def test_lookups_of_requests_in_flight_at_a_reset_count(clock: FakeClock) -> None:
    """As the requests themselves do: a worker looks at its caches when a request has ended."""
    one, two = member(clock), member(clock)
    same = used(0, 1)
    one.watch_cache("cache", same)
    serve(one)

    def during() -> None:
        same(0)
        two.reset()
        same(0)
        one.cache("counted").hit()

    serve(one, during)
    assert lookups(two) == lookups(one) == (2, 0)
    assert lookups(two, "counted") == (1, 0)


def test_a_worker_killed_between_a_name_and_its_lookups_shows_none(clock: FakeClock) -> None:
    """Nor those that its row had before a reset."""
    reader = member(clock)

    def work(pipe: Connection) -> None:
        tracker = member(clock)
        tracker.cache("before").hit(5)
        pipe.send("counted")
        pipe.recv()
        put, commit = Segment.put, Segment.commit
        named: list[int] = []

        def noting(self: Segment, index: int, payload: bytes) -> None:
            put(self, index, payload)
            if payload == names_record(["after"]):
                named.append(index)

        def last(self: Segment) -> None:
            commit(self)
            if named:
                os.kill(os.getpid(), signal.SIGKILL)

        Segment.put, Segment.commit = noting, last  # type: ignore[method-assign]  # in this process only
        tracker.cache("after").hit(7)

    with child(work) as worker:
        worker.answer()
        assert lookups(reader, "before") == (5, 0)
        reader.reset()
        worker.pipe.send("count")
        assert worker.wait() == -signal.SIGKILL
    assert lookups(reader, "after") == (0, 0)
    assert "before" not in reader.cache_stats()["caches"]


def test_the_child_of_a_fork_starts_at_zero(clock: FakeClock) -> None:
    """It shows in a segment of its own what it looked up itself."""
    tracker = PerformanceTracker("forking", clock=clock, wall=clock, memory="shared", group="forks")
    same, slow = used(3, 1), Slow(clock, 0.0)
    tracker.watch_cache("cache", same)
    tracker.watch_cache("another", slow.stats)
    slow.hits = 10
    tracker.cache("counted").hit(5)
    serve(tracker)

    def during() -> None:
        same(0)
        slow.hits += 1

    def work(pipe: Connection) -> None:
        serve(tracker, during)
        tracker.cache("counted").hit()
        pipe.send(lookups(tracker))
        pipe.recv()

    with child(work) as forked:
        assert forked.answer() == (4, 1)
        assert (lookups(tracker), lookups(tracker, "another")) == ((4, 1), (11, 0))
        assert lookups(tracker, "counted") == (6, 0)
        assert row(tracker)["size"] == 2
    tracker.memory.forget()


# -- what watching costs -----------------------------------------------------------------------------------------------


def test_who_watches_nothing_pays_nothing(clock: FakeClock) -> None:
    """A request ends as if there were no caches, until one is watched; with private memory also then."""
    tracker = member(clock)
    tracker.cache("cache").hit()
    assert "leave" not in vars(tracker.memory)
    tracker.watch_cache("cache", lambda: CacheStats(1, 1))
    assert "leave" in vars(tracker.memory)
    alone = PerformanceTracker(clock=clock, memory="private")
    slow = Slow(clock, 0.5)
    alone.watch_cache("cache", slow.stats)
    serve(alone)
    alone.record("GET", "/", 200, 0.25)
    assert (slow.asked, "leave" in vars(alone.memory)) == ([], False)


def test_reading_is_no_part_of_a_request(clock: FakeClock) -> None:
    """It comes after the last byte, and is no work of the app's in the background either."""
    tracker, slow = member(clock), Slow(clock, 0.25)
    tracker.watch_cache("cache", slow.stats)
    serve(tracker, lambda: clock.tick(0.125))
    stats = tracker.stats()
    assert (stats["duration"]["max"], stats["background"]["count"]) == (0.125, 0)
    assert len(slow.asked) == 2  # after the request, and for this answer


@pytest.mark.parametrize("seconds", [0.0, 0.0001, 0.001, 0.02, 3.0])
@pytest.mark.parametrize("pace", [0.0005, 0.01, 0.7])
def test_reading_takes_a_small_part_of_the_time(clock: FakeClock, seconds: float, pace: float) -> None:
    """However slow the cache, and however dense the requests; a quiet second saves up one second of rest."""
    tracker, slow = member(clock), Slow(clock, seconds)
    tracker.watch_cache("cache", slow.stats)
    began = clock()
    for _ in range(3000):
        serve(tracker, lambda: clock.tick(pace))
    assert seconds * (len(slow.asked) - 1) <= (clock() - began + CREDIT) / SHARE + 1e-6
    assert seconds or len(slow.asked) == 3000


@pytest.mark.parametrize("seconds", [0.000001, 0.00002, 0.001, 0.02])
def test_what_another_worker_shows_lags_no_more_than_it_says(clock: FakeClock, seconds: float) -> None:
    """After each request, its lookups of longer ago than the lag are in the numbers; so they are with two caches."""
    tracker, other = member(clock), member(clock)
    slow, slower = Slow(clock, seconds), Slow(clock, 3 * seconds)
    tracker.watch_cache("slow", slow.stats)
    tracker.watch_cache("slower", slower.stats)
    ends: list[float] = []
    largest = 0.0
    for number in range(400):
        clock.tick(0.003)
        slow.hits = slower.hits = number
        ends.append(clock())
        serve(tracker)
        for found in other.cache_stats()["caches"].values():
            behind = ends[-1] - ends[min(found["hits"] + 1, number)] if found["hits"] < number else 0.0
            assert behind < found["lag_seconds"] or behind == 0.0
            largest = max(largest, behind)
    assert (largest > 0) == (seconds > 0.00001)


def test_a_slow_cache_keeps_no_other_waiting(clock: FakeClock) -> None:
    """It is asked seldom; the others are shown after every request all the same."""
    tracker, other = member(clock), member(clock)
    slow, same = Slow(clock, 0.5), used(0, 1)
    tracker.watch_cache("slow", slow.stats)
    tracker.watch_cache("cache", same)
    for number in range(1, 50):
        clock.tick(0.01)
        serve(tracker, partial(same, 0))
        assert lookups(other) == (number, 1)
    assert len(slow.asked) == 1
    assert row(other, "slow")["lag_seconds"] >= 0.5 * SHARE * 2


@pytest.mark.parametrize("order", [("hanging", "cache"), ("cache", "hanging")])
def test_a_cache_that_hangs_holds_one_request_only(clock: FakeClock, order: tuple[str, str]) -> None:
    """The other threads go on and show their caches, and do not ask it too. What was read before it is old then."""
    tracker, other = member(clock), member(clock)
    asked, told = threading.Event(), threading.Event()
    calls: list[None] = []

    def hanging() -> CacheStats:
        calls.append(None)
        asked.set()
        assert told.wait(LIMIT)
        return CacheStats(1, 0)

    same = used(0, 1)
    for name in order:
        tracker.watch_cache(name, {"hanging": hanging, "cache": same}[name])
    thread = threading.Thread(target=serve, args=(tracker,))
    thread.start()
    try:
        assert asked.wait(LIMIT)
        for number in range(1, 4):
            clock.tick(0.01)
            serve(tracker, lambda: same(0))
            tracker.cache("counted").hit()
            assert (lookups(other), lookups(other, "counted")) == ((number, 1), (number, 0))
    finally:
        told.set()
        thread.join(LIMIT)
    assert len(calls) == 1
    assert (lookups(other), lookups(other, "hanging")) == ((3, 1), (1, 0))


@pytest.mark.parametrize("resets", [False, True])
def test_a_cache_that_raises_in_one_worker_is_reported_by_all(clock: FakeClock, resets: bool) -> None:
    """Without the text of its error; requests are well, and the cache of the others is shown."""

    def failing() -> CacheStats:
        raise ConnectionError("redis://user:secret@host")

    one, two = member(clock), member(clock)
    one.watch_cache("cache", failing)
    two.watch_cache("cache", lambda: CacheStats(3, 1))
    for tracker in (one, two):
        serve(tracker)
    if resets:
        two.reset()
        for tracker in (one, two):
            serve(tracker)
    for tracker in (one, two):
        assert lookups(tracker) == ((0, 0) if resets else (3, 1))
        assert tracker.stats()["warnings"] == ["cache 'cache' could not be read: ConnectionError"]
        assert tracker.stats()["total_requests"] == 2


def test_a_cache_may_do_what_an_app_does(clock: FakeClock) -> None:
    """One that serves a request, counts by hand, looks at the numbers or forks when it is read, upsets nothing."""
    tracker, other = member(clock), member(clock)

    def busy() -> CacheStats:
        serve(tracker)
        tracker.cache("counted").hit()
        other.cache_stats()
        with child(lambda _: None) as forked:
            assert forked.wait() == 0
        return CacheStats(1, 2)

    tracker.watch_cache("cache", busy)
    serve(tracker)
    assert (lookups(other), lookups(other, "counted")) == ((1, 2), (1, 0))
    assert other.stats()["total_requests"] == 2


def test_a_child_that_a_cache_forks_shows_nothing_for_its_parent(clock: FakeClock) -> None:
    """It comes back from the reading as its parent does, and what it read is its own."""
    tracker, other = member(clock), member(clock)
    here = os.getpid()
    children: list[int] = []

    def forking() -> CacheStats:
        if not children:
            children.append(os.fork())
        return CacheStats(1, 2) if os.getpid() == here else CacheStats(999, 0)

    tracker.watch_cache("cache", forking)
    try:
        serve(tracker)
    finally:
        if os.getpid() != here:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == 0
    assert lookups(other) == (1, 2)


def test_a_failure_of_perftrack_itself_stays_its_own(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's lookup and the app's request go on, and the failures are counted."""
    tracker = member(clock)
    tracker.watch_cache("cache", lambda: CacheStats(1, 1))

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Segment, "commit", broken)
    tracker.cache("counted").hit()
    monkeypatch.undo()
    monkeypatch.setattr(caches, "caches_record", broken)
    serve(tracker)
    monkeypatch.setattr(tracker.caches, "watched", broken)
    serve(tracker)
    monkeypatch.undo()
    assert (lookups(tracker, "counted"), tracker.stats()["total_requests"]) == ((1, 0), 2)
    assert tracker.stats()["warnings"] == ["perftrack failed 3 times; the log has the first failure"]


# -- room ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["by hand", "watched"])
def test_a_worker_without_room_counts_on_alone(clock: FakeClock, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """It keeps every lookup; the others keep what they were shown."""
    tracker, other = member(clock), member(clock)
    tracker.cache("cache").hit(2)
    record_many(tracker, ("/", 1))
    same = used(3, 1)
    monkeypatch.setattr(Segment, "put", no_room)
    if what == "by hand":
        tracker.cache("new").hit(4)
        expected = {"cache": (2, 0), "new": (4, 0)}
    else:
        tracker.watch_cache("new", same)
        record_many(tracker, ("/", 1))
        expected = {"cache": (2, 0), "new": (3, 1)}
    tracker.cache("cache").hit()
    serve(tracker)
    assert tracker.memory.live == {}
    expected["cache"] = (3, 0)
    assert {name: lookups(tracker, name) for name in tracker.cache_stats()["caches"]} == expected
    assert tracker.stats()["scope"] == "process"
    assert lookups(other) == (2, 0)
    assert "new" not in other.cache_stats()["caches"]


def test_names_are_bounded_over_all_workers(clock: FakeClock) -> None:
    """Workers that name their caches after themselves fill no file without end: the rest shares a row."""
    reader, everything = member(clock), 0
    for worker in range(5):
        dead = member(clock)
        for number in range(MAX_CACHES):
            dead.cache(f"{worker} {number}").hit(worker + 1)
            everything += worker + 1
        dead.memory.forget()
        reader.snapshot()
    stats = reader.cache_stats()
    assert len(stats["caches"]) == 2 * MAX_CACHES + 1
    assert stats["totals"]["hits"] == everything
    assert stats["caches"]["<overflow>"]["hits"] == MAX_CACHES * (1 + 2 + 3)
    group = shared_memory(reader).group
    folded = group.retired([]).snapshot
    assert folded is not None
    assert folded.caches.keys() == stats["caches"].keys()
    assert reader.stats()["warnings"] == ["more than 100 caches: the others are not shown by name"]


def test_the_overflow_of_one_worker_is_told_by_all(clock: FakeClock) -> None:
    """Past the limit its counters share a row."""
    one, two = member(clock), member(clock)
    for number in range(MAX_CACHES + 5):
        one.cache(f"{number:03}").hit()
    stats = two.cache_stats()
    assert (stats["caches"]["<overflow>"]["hits"], stats["totals"]["hits"]) == (5, MAX_CACHES + 5)
    assert two.stats()["warnings"] == ["more than 100 caches: the others are not shown by name"]


def _given(record: bytes, *_: object) -> bytes:
    return record


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"[]",
        b'[{"cache": 1}, []]',
        b'[[["cache", -1, 0, null, null, null, 0.0]], []]',
        b'[[["cache", 1, 0, null, null, null, NaN]], []]',
        b'[[["cache", 1, 0, null, "many", null, 0.0]], []]',
        b'[[["cache", 1, 0]], []]',
    ],
)
def test_a_record_that_is_none_is_named(clock: FakeClock, monkeypatch: pytest.MonkeyPatch, record: bytes) -> None:
    """Its worker's caches are left out; its requests and the caches of the others are shown."""
    strange, other = member(clock), member(clock)
    strange.watch_cache("cache", lambda: CacheStats(1, 1))
    with monkeypatch.context() as patch:
        patch.setattr(caches, "caches_record", partial(_given, record or b"no JSON"))
        serve(strange)
    other.cache("cache").hit()
    stats = other.stats()
    assert (lookups(other), stats["total_requests"]) == ((1, 0), 1)
    [warning] = stats["warnings"]
    assert warning.startswith("skipped: worker-")
    strange.memory.forget()
    other.snapshot()
    assert lookups(other) == (1, 0)
