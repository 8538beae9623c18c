"""Threads and signal handlers that record into one shared tracker lose nothing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from perftrack.exchange import Exchange, begin
from perftrack.memory.shared.page import Page
from tests.core.concurrency import SLOW, finish_or_hang, needs_timer, signals
from tests.core.shared.support import check_whole, member, record_many, totals
from tests.support import FakeClock

THREADS, RECORDS, ROUTES = 8, 4000, 100


@pytest.fixture(autouse=True)
def eager_switching() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_no_record_is_lost_between_threads(clock: FakeClock) -> None:
    """Eight threads over many endpoints, while one reads and time passes, count exactly, in all ways of adding up."""
    tracker, other = member(clock), member(clock)
    running = threading.Event()
    running.set()

    def write(thread: int) -> None:
        for number in range(RECORDS):
            status = (200, 200, 404, 500)[(number + thread) % 4]
            tracker.record("GET", f"/{number * ROUTES // RECORDS}", status, SLOW if number % 100 == 0 else 0.25)

    def read() -> None:
        seen = 0
        while running.is_set():
            clock.tick(0.05 if clock() < 1040.0 else 0.0)
            total = other.stats()["total_requests"]
            assert total >= seen
            seen = total

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    finish_or_hang(*(partial(write, thread) for thread in range(THREADS)))
    running.clear()
    finish_or_hang(reader.join)
    stats = other.stats()
    assert check_whole(other.snapshot()) == stats["requests_per_minute"] == THREADS * RECORDS
    assert set(totals(other).values()) == {THREADS * RECORDS // ROUTES}
    assert stats["outcomes"] == {"ok": 16_000, "client_error": 8_000, "server_error": 8_000, "client_left": 0}
    assert stats["slow_queries_count"] == THREADS * RECORDS // 100
    assert sum(slot["slow"] for slot in other.series()["slots"]) == THREADS * RECORDS // 100
    assert stats["warnings"] == []


def test_readers_of_one_process_do_not_disturb_each_other(clock: FakeClock) -> None:
    """Threads that answer at once each see every member: none shows a part of the directory."""
    crowd = [member(clock) for _ in range(12)]
    for tracker in crowd:
        record_many(tracker, ("/", 5))
    found: list[int] = []
    finish_or_hang(*[lambda: found.extend(sum(totals(crowd[0]).values()) for _ in range(40))] * 4)
    assert set(found) == {60}
    assert len(found) == 160


def test_requests_in_many_threads_leave_nothing_in_flight(clock: FakeClock) -> None:
    """Requests that begin and end in many threads at once, more than there are cells, are counted; none stays open."""
    tracker = member(clock)

    def serve(crowd: int) -> None:
        for _ in range(4):
            exchanges = [begin(Exchange, tracker, lambda _: "/", {}, "GET", "/") for _ in range(crowd)]
            for exchange in exchanges:
                exchange.status = 200
                exchange.complete()

    finish_or_hang(*[partial(serve, 400)] * 4)
    stats = tracker.stats()
    assert (stats["total_requests"], stats["in_flight"], stats["oldest_in_flight_seconds"]) == (6400, 0, None)


def test_resets_between_threads_leave_consistent_rows(clock: FakeClock) -> None:
    """Whatever is lost to a reset is lost to the row, the slot and the minute alike."""
    tracker, other = member(clock), member(clock)

    def write() -> None:
        for number in range(4000):
            tracker.record("GET", f"/{number % 7}", 200, SLOW if number % 50 == 0 else 0.25)

    finish_or_hang(*[write] * 4, lambda: [other.reset() for _ in range(100)])
    assert check_whole(tracker.snapshot()) == tracker.stats()["requests_per_minute"]
    other.reset()
    assert totals(tracker) == totals(other) == {}


@pytest.mark.parametrize("before", [64, 65])
def test_an_exception_between_two_pages_loses_nothing_before_or_after(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """A handler that raises, as that of a server's timeout may, costs no more than the request it hits."""
    tracker, make = member(clock), Page.open

    def interrupted(*_: object) -> None:
        monkeypatch.setattr(Page, "open", make)
        raise KeyboardInterrupt

    record_many(tracker, ("/", before))
    monkeypatch.setattr(Page, "open", interrupted)
    clock.tick(1.0)
    with pytest.raises(KeyboardInterrupt):
        record_many(tracker, ("/", 1))
    record_many(tracker, ("/", 70))
    clock.tick(1.0)
    record_many(tracker, ("/", 70))
    assert totals(tracker) == {"GET /": before + 140}


@needs_timer
@pytest.mark.parametrize("seconds", [0.25, SLOW])
def test_records_from_a_signal_handler_are_counted(clock: FakeClock, seconds: float) -> None:
    """A handler that records, wherever it strikes, loses nothing of its own and nothing of what it interrupts."""
    tracker, struck, recorded = member(clock), 0, 0

    def strike() -> None:
        nonlocal struck
        struck += 1
        tracker.record("GET", f"/{struck % 5}", 200, seconds)

    with signals(strike, seconds=0.0001):
        while struck < 300:
            tracker.record("GET", f"/{recorded % 5}", 200, seconds)
            recorded += 1
            clock.tick(0.001)
    assert sum(totals(tracker).values()) == struck + recorded
