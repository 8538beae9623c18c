"""No update is lost between threads."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.shapes import Stats
from tests.core.concurrency import SLOW, finish_or_hang
from tests.support import FakeClock

THREADS, RECORDS, ROUTES = 8, 20_000, 400


@pytest.fixture
def eager_switching() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def check_sums(stats: Stats, tracker: PerformanceTracker, expected: int) -> None:
    """Hold every way of adding up to *expected*."""
    rows = stats["endpoint_stats"].values()
    assert stats["total_requests"] == stats["duration"]["count"] == expected
    assert stats["requests_per_minute"] == sum(row["requests_per_minute"] for row in rows) == expected
    assert sum(slot["requests"] for slot in tracker.series()["slots"]) == expected
    assert sum(sum(slot["bands"]) for slot in tracker.series()["slots"]) == expected


@pytest.mark.usefixtures("eager_switching")
def test_no_update_is_lost_between_threads(clock: FakeClock) -> None:
    """Eight threads that meet at hundreds of new endpoints, while others read and time passes, count exactly."""
    tracker = PerformanceTracker(clock=clock, wall=clock, max_endpoints=ROUTES, health_window=None)
    running = threading.Event()
    running.set()

    def write(thread: int) -> None:
        for number in range(RECORDS):
            status = (200, 200, 404, 500)[(number + thread) % 4]
            tracker.record("GET", f"/{number * ROUTES // RECORDS}", status, SLOW if number % 1000 == 0 else 0.25)

    def read() -> None:
        seen = 0
        while running.is_set():
            clock.tick(0.03 if clock() < 1040.0 else 0.0)
            total = tracker.stats()["total_requests"]
            assert total >= seen
            seen = total
            tracker.health()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    finish_or_hang(*(lambda thread=thread: write(thread) for thread in range(THREADS)))
    running.clear()
    finish_or_hang(reader.join)
    stats = tracker.stats()
    check_sums(stats, tracker, THREADS * RECORDS)
    per_row = THREADS * RECORDS // ROUTES
    assert {row["total_requests"] for row in stats["endpoint_stats"].values()} == {per_row}
    assert len(stats["endpoint_stats"]) == ROUTES
    assert stats["outcomes"] == {"ok": 80_000, "client_error": 40_000, "server_error": 40_000, "client_left": 0}
    assert stats["slow_queries_count"] == THREADS * RECORDS // 1000
    assert sum(slot["slow"] for slot in tracker.series()["slots"]) == THREADS * RECORDS // 1000
    assert stats["warnings"] == []


@pytest.mark.usefixtures("eager_switching")
def test_exchanges_of_many_threads_leave_nothing_in_flight() -> None:
    """Requests that begin and end in many threads at once are all counted, and none stays open."""
    tracker = PerformanceTracker()

    def serve() -> None:
        for number in range(3000):
            exchange = begin(Exchange, tracker, lambda _: "/", {}, "GET", "/")
            exchange.status = 200
            (exchange.complete, exchange.left, exchange.cut_short)[number % 3]()
            exchange.returned()

    finish_or_hang(*[serve] * 4, *[lambda: [tracker.snapshot() for _ in range(200)]] * 2)
    stats = tracker.stats()
    assert stats["outcomes"] == {"ok": 4000, "client_error": 0, "server_error": 4000, "client_left": 4000}
    assert (stats["in_flight"], stats["oldest_in_flight_seconds"]) == (0, None)


@pytest.mark.usefixtures("eager_switching")
def test_a_reset_between_threads_leaves_consistent_rows() -> None:
    """Whatever is lost to resets is lost to the total, its row, its outcome and the minute alike."""
    tracker = PerformanceTracker()

    def write() -> None:
        for number in range(10_000):
            tracker.record("GET", f"/{number % 7}", 200, SLOW if number % 50 == 0 else 0.1)

    finish_or_hang(*[write] * 4, *[lambda: [tracker.reset() for _ in range(100)]])
    stats = tracker.stats()
    check_sums(stats, tracker, sum(row["total_requests"] for row in stats["endpoint_stats"].values()))
