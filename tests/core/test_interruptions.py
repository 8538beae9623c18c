"""Interrupted in the midst of a count by a signal, a garbage collector or a fork, a tracker loses and hangs nothing."""

from __future__ import annotations

import gc
import os
import signal
from collections import Counter
from collections.abc import Callable

import pytest

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.websocket import WebSocketSession
from tests.core.concurrency import SLOW, Interruption, finish_or_hang, needs_timer, signals
from tests.support import FakeClock


def test_a_record_that_interrupts_a_record_is_counted() -> None:
    """A signal handler or a finalizer that records while this very thread counts neither hangs nor is lost."""
    wall = Interruption()
    tracker = PerformanceTracker(wall=wall, clock=FakeClock())
    wall.waiting = [lambda: tracker.record("GET", "/nested", 200, SLOW), lambda: tracker.record("GET", "/", 500, 0.1)]
    finish_or_hang(lambda: tracker.record("GET", "/", 200, SLOW))
    assert wall.waiting == []
    assert Counter({name: row["total_requests"] for name, row in tracker.stats()["endpoint_stats"].items()}) == {
        "GET /": 2,
        "GET /nested": 1,
    }
    assert tracker.stats()["slow_queries_count"] == 2


def test_a_record_that_interrupts_a_read_is_counted_at_the_next() -> None:
    """What comes while a snapshot is taken waits, and the next snapshot has it."""
    wall = Interruption()
    tracker = PerformanceTracker(wall=wall, clock=FakeClock())
    wall.waiting = [lambda: tracker.record("GET", "/", 200, 0.1)]
    finish_or_hang(tracker.snapshot)
    assert tracker.stats()["total_requests"] == 1


def test_a_request_that_waits_when_a_reset_comes_is_gone() -> None:
    """A request that finished before the answer to a reset does not show after it."""
    wall = Interruption()
    tracker = PerformanceTracker(wall=wall, clock=FakeClock())
    wall.waiting = [lambda: tracker.record("GET", "/", 200, 0.1)]
    finish_or_hang(tracker.snapshot)
    tracker.reset()
    assert tracker.stats()["total_requests"] == 0


def test_everything_that_a_finalizer_may_end_waits_for_the_lock() -> None:
    """Requests, background work and WebSockets that end in the midst of a count hang nothing and are counted."""
    wall = Interruption()
    tracker = PerformanceTracker(wall=wall, clock=FakeClock())
    session, late = WebSocketSession(tracker), WebSocketSession(tracker)
    exchange = begin(Exchange, tracker, lambda _: "/abandoned", {}, "GET", "/")
    session.accepted()
    wall.waiting = [
        lambda: tracker.memory.add_background(0.5),
        lambda: tracker.memory.add_queue(0.25),
        lambda: late.ended(1001),
        late.accepted,
        session.message_in,
        lambda: session.ended(1000),
        exchange.left,
    ]
    finish_or_hang(lambda: tracker.record("GET", "/", 200, SLOW))
    stats = tracker.stats()
    assert (stats["total_requests"], stats["outcomes"]["client_left"], stats["in_flight"]) == (2, 1, 0)
    assert (stats["background"]["count"], stats["queue"]["count"]) == (1, 1)
    sockets = stats["websockets"]
    assert (sockets["opened"], sockets["open"], sockets["messages_in"]) == (2, 0, 1)
    assert sockets["close_codes"] == {"1000": 1, "1001": 1}


@needs_timer
def test_records_from_a_signal_handler_are_counted() -> None:
    """A handler that records, wherever it strikes, loses nothing of its own and nothing of what it interrupts."""
    tracker, struck, recorded = PerformanceTracker(), 0, 0

    def strike() -> None:
        nonlocal struck
        struck += 1
        tracker.record("GET", f"/{struck % 5}", 200, SLOW)

    with signals(strike, seconds=0.0001):
        while struck < 300:
            tracker.record("GET", f"/{recorded % 5}", 200, SLOW)
            recorded += 1
    assert tracker.stats()["total_requests"] == tracker.stats()["slow_queries_count"] == struck + recorded


def test_a_record_at_the_last_moment_of_the_decision_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that strikes when the memory has been chosen and is not in its place yet records into the same one."""
    tracker, calls = PerformanceTracker(), 0
    is_undecided: Callable[[PerformanceTracker], bool] = vars(PerformanceTracker)["_is_undecided"]

    def interrupted(self: PerformanceTracker) -> bool:
        nonlocal calls
        calls += 1
        answer = is_undecided(self)
        if calls == 2:
            tracker.record("GET", "/handler", 200, SLOW)
        return answer

    monkeypatch.setattr(PerformanceTracker, "_is_undecided", interrupted)
    tracker.record("GET", "/", 200, SLOW)
    assert calls > 2
    assert tracker.stats()["total_requests"] == 2


def test_records_from_the_garbage_collector_are_counted() -> None:
    """Finalizers that record while a request is being counted lose nothing and hang nothing."""
    tracker = PerformanceTracker(clock=FakeClock())

    class Dying:
        def __init__(self) -> None:
            self.myself = self

        def __del__(self) -> None:
            tracker.record("GET", "/finalizer", 200, SLOW)

    def work() -> None:
        for number in range(3000):
            Dying()
            tracker.record("GET", f"/{number % 300}", 200, SLOW)
        gc.collect()

    thresholds = gc.get_threshold()
    gc.set_threshold(7)
    try:
        finish_or_hang(work)
    finally:
        gc.set_threshold(*thresholds)
    assert tracker.stats()["total_requests"] == 6000


def in_child(work: Callable[[], bool]) -> bool:
    """Fork, and give what *work* gives there."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a deadlock ends the child
        os._exit(0 if work() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_starts_at_zero_and_counts() -> None:
    """After a fork in the midst of a count the child begins at zero, with nothing in flight, and can record."""
    wall, answers = Interruption(), list[bool]()
    tracker = PerformanceTracker(wall=wall)
    tracker.slow_query_threshold = 1.5
    exchange = begin(Exchange, tracker, None, {}, "GET", "/")
    tracker.record("GET", "/", 200, 0.1)

    def born() -> bool:
        empty = tracker.stats()
        tracker.record("GET", "/child", 200, SLOW)
        exchange.left()
        stats = tracker.stats()
        return (
            (empty["total_requests"], empty["in_flight"], empty["endpoint_stats"]) == (0, 0, {})
            and (stats["total_requests"], stats["slow_queries_count"]) == (2, 1)
            and tracker.slow_query_threshold == 1.5
        )

    wall.waiting = [lambda: answers.append(in_child(born))]
    tracker.record("GET", "/", 200, SLOW)
    assert answers == [True]
    assert (tracker.stats()["total_requests"], tracker.stats()["in_flight"]) == (2, 1)
