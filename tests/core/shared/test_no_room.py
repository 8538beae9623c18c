"""Without room, a worker counts alone, loses nothing and says so."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.memory.shared import charter, segment
from perftrack.memory.shared.memory import SharedMemory
from perftrack.memory.shared.page import Page
from perftrack.memory.shared.segment import EXTENT, Segment
from perftrack.websocket import WebSocketSession
from tests.core.shared.support import check_whole, folder_of, member, record_many, segments, totals
from tests.support import FakeClock


def no_room(*_: object) -> None:
    """Stand in for a full disk."""
    raise OSError(errno.ENOSPC, "No space left on device")


def open_descriptors() -> int:
    """Count them, where the system tells."""
    here = Path("/proc/self/fd")
    return len([*here.iterdir()]) if here.exists() else 0


@pytest.mark.parametrize("module", [segment, charter])
def test_no_room_for_a_segment(
    clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch, module: object
) -> None:
    """A process that finds no room at its start counts alone, with a warning, and leaves no file behind."""
    monkeypatch.setattr(module, "reserve", no_room)
    before = open_descriptors()
    tracker = PerformanceTracker(clock=clock, memory="shared", group="full")
    record_many(tracker, ("/", 3))
    stats = tracker.stats()
    assert (stats["scope"], stats["total_requests"]) == ("process", 3)
    [warning] = stats["warnings"]
    assert "No space left on device" in warning
    assert "numbers of one process" in warning
    assert {path.name for path in home.rglob("*") if path.is_file()} <= {"lock", "charter"}
    assert open_descriptors() == before


def test_posix_fallocate_reserves(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is reserved where the system can, and written where it cannot."""
    tracker = member(clock)
    [path] = segments(folder_of(tracker))
    assert path.stat().st_size == EXTENT
    assert path.stat().st_blocks * 512 >= EXTENT
    monkeypatch.delattr(os, "posix_fallocate")
    other = member(clock)
    assert {path.stat().st_size for path in segments(folder_of(other))} == {EXTENT}
    record_many(other, *[(f"/{number}", 3) for number in range(300)])
    assert sum(totals(tracker).values()) == 900


def fill(tracker: PerformanceTracker, monkeypatch: pytest.MonkeyPatch, what: str) -> int:
    """Record until the segment finds no room for *what*. Give the number of records."""
    number = 0
    if what == "page":
        monkeypatch.setattr(Segment, "new_page", no_room)
    elif what == "record":
        monkeypatch.setattr(Segment, "put", no_room)
    else:
        monkeypatch.setattr(segment, "reserve", no_room)
    while isinstance(tracker.memory, SharedMemory):
        tracker.record("GET", f"/{number % 450}", (200, 404, 500)[number % 3], 1.5 if number % 10 == 0 else 0.25)
        number += 1
    return number


@pytest.mark.parametrize("what", ["page", "record", "extent"])
@pytest.mark.parametrize("before", [0, 1, 64, 65, 200, 64 * 17])
def test_a_worker_that_finds_no_more_room_goes_on_alone(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, what: str, before: int
) -> None:
    """Wherever room runs out, the worker keeps every count and counts on, and what others were shown stays."""
    tracker, other = member(clock), member(clock)
    record_many(other, ("/other", 5))
    record_many(tracker, ("/0", before))
    shown = totals(other)
    number = before + fill(tracker, monkeypatch, what)
    check_alone(tracker, number)
    seen = totals(other)
    assert shown.items() <= seen.items() or seen["GET /0"] >= before
    assert number - 1 <= sum(seen.values()) - 5 <= number
    record_many(tracker, ("/0", 70), ("/new", 3))
    clock.tick(2.0)
    record_many(tracker, ("/0", 1))
    check_alone(tracker, number + 74)
    assert totals(other) == seen


def check_alone(tracker: PerformanceTracker, number: int) -> None:
    """Hold everything that a tracker shows to *number*."""
    stats = tracker.stats()
    assert (stats["scope"], stats["total_requests"], stats["requests_per_minute"]) == ("process", number, number)
    assert check_whole(tracker.snapshot()) == number
    assert stats["warnings"] == ["gave up: [Errno 28] No space left on device"]


def test_a_full_page_goes_private_once_and_counts_each_request_once(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that was closed when room ran out is counted once."""
    tracker = member(clock)
    record_many(tracker, ("/", 64))
    monkeypatch.setattr(Segment, "new_page", no_room)
    record_many(tracker, ("/", 1))
    check_alone(tracker, 65)


def test_what_is_in_flight_goes_along(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests in flight, WebSockets, resets and files timed to the app's return are the new memory's."""
    tracker, other = member(clock), member(clock)
    other.reset()
    exchange, socket = begin(Exchange, tracker, lambda _: "/", {}, "GET", "/"), WebSocketSession(tracker)
    socket.accepted()
    tracker.memory.untimed_files += 2
    since = tracker.stats()["since"]
    assert other.stats()["in_flight"] == 1
    fill(tracker, monkeypatch, "record")
    stats = tracker.stats()
    assert (stats["in_flight"], stats["websockets"]["open"], stats["since"]) == (1, 1, since)
    assert any(warning.startswith("untimed_files: 2") for warning in stats["warnings"])
    assert other.stats()["in_flight"] == 0
    exchange.status = 200
    exchange.complete()
    socket.ended(1000)
    stats = tracker.stats()
    assert (stats["in_flight"], stats["websockets"]["close_codes"]) == (0, {"1000": 1})
    tracker.reset()
    assert tracker.stats()["total_requests"] == 0


def test_the_table_of_pages_is_full(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose threads hold all pages goes on alone rather than lose a request."""
    pages, make = list[Page](), Segment.new_page

    def noting(self: Segment) -> Page:
        pages.append(make(self))
        return pages[-1]

    monkeypatch.setattr(Segment, "new_page", noting)
    tracker, number = member(clock, max_endpoints=1), 0
    while isinstance(tracker.memory, SharedMemory):
        tracker.record("GET", "/", 200, 0.25)
        number += 1
        for page in pages:
            next(page.free, None)  # taken by a thread that was stopped before it stored anything
        assert number < 10_000
    stats = tracker.stats()
    assert stats["warnings"] == ["gave up: [Errno 28] the table of pages is full"]
    assert stats["total_requests"] == number
