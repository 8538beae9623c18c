"""What is not a finished request: in flight, lost, event streams, WebSockets, sums beside the endpoints."""

from __future__ import annotations

from multiprocessing.connection import Connection

import pytest

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.memory.shared.layout import ARRIVALS
from perftrack.websocket import WebSocketSession
from tests.core.shared.support import child, member, record_many
from tests.support import FakeClock


def arrive(tracker: PerformanceTracker, count: int = 1) -> list[Exchange]:
    """Let requests arrive."""
    return [begin(Exchange, tracker, lambda _: "/", {}, "GET", "/") for _ in range(count)]


def finish(*exchanges: Exchange) -> None:
    """Let them end well."""
    for exchange in exchanges:
        exchange.status = 200
        exchange.complete()


def test_requests_in_flight_of_all_members(clock: FakeClock) -> None:
    """Their number, and the age of the oldest."""
    one, two = member(clock), member(clock)
    first = arrive(one)
    clock.tick(5.0)
    second = arrive(two, 2)
    clock.tick(1.0)
    assert (one.stats()["in_flight"], one.stats()["oldest_in_flight_seconds"]) == (3, 6.0)
    assert (one.stats(scope="process")["in_flight"], two.stats(scope="process")["in_flight"]) == (1, 2)
    finish(*first)
    assert (two.stats()["in_flight"], two.stats()["oldest_in_flight_seconds"]) == (2, 1.0)
    finish(*second)
    assert (one.stats()["in_flight"], one.stats()["oldest_in_flight_seconds"]) == (0, None)


def test_more_requests_in_flight_than_cells(clock: FakeClock) -> None:
    """Those beyond are counted; in whatever order they end, none stays."""
    tracker, other = member(clock), member(clock)
    exchanges = arrive(tracker, ARRIVALS + 50)
    exchanges[-1].stream = True
    tracker.memory.show_stream(exchanges[-1])
    assert other.stats()["in_flight"] == ARRIVALS + 50
    finish(*exchanges[::2])
    assert other.stats()["in_flight"] == (ARRIVALS + 50) // 2
    exchanges += arrive(tracker, ARRIVALS)
    assert other.stats()["in_flight"] == (ARRIVALS + 50) // 2 + ARRIVALS
    finish(*exchanges)
    finish(*exchanges)
    assert other.stats()["in_flight"] == 0


def test_event_streams(clock: FakeClock) -> None:
    """Open ones are in flight and not the oldest; ended ones have a time of their own."""
    tracker, other = member(clock), member(clock)
    [stream] = arrive(tracker)
    stream.stream = True
    tracker.memory.show_stream(stream)
    clock.tick(60.0)
    [request] = arrive(tracker)
    clock.tick(1.0)
    stats = other.stats()
    assert (stats["in_flight"], stats["streams"]["open"], stats["oldest_in_flight_seconds"]) == (2, 1, 1.0)
    finish(stream, request)
    stats = other.stats()
    assert stats["streams"] == {"open": 0, "finished": 1, "connection_time": 61.0}
    assert (stats["total_requests"], stats["duration"]["count"]) == (2, 1)


def test_a_request_that_never_ends_shows_in_every_slot(clock: FakeClock) -> None:
    """A worker that waits for one request answers nothing; the others see since when."""
    tracker, other = member(clock), member(clock)
    [request] = arrive(tracker)
    clock.tick(35.0)
    peaks = [slot["in_flight_peak"] for slot in other.series()["slots"]]
    assert peaks[-5:] == [None, 1, 1, 1, 1]
    finish(request)


@pytest.mark.parametrize("resets", [False, True])
def test_requests_lost_with_a_killed_worker(clock: FakeClock, resets: bool) -> None:
    """They show as lost once it is dead, also when it is folded, until the next reset."""
    reader = member(clock)

    def work(pipe: Connection) -> None:
        tracker = member(clock)
        if resets:
            tracker.reset()
            record_many(tracker, ("/", 1))
        flying = arrive(tracker, 3)
        socket = WebSocketSession(tracker)
        socket.accepted()
        pipe.send("flying")
        pipe.recv()
        finish(*flying)

    with child(work) as worker:
        worker.answer()
        stats = reader.stats()
        assert (stats["in_flight"], stats["lost_in_flight"], stats["websockets"]["open"]) == (3, 0, 1)
        worker.kill()
    for _ in range(3):
        stats = reader.stats()
        assert (stats["in_flight"], stats["lost_in_flight"]) == (0, 3)
        assert (stats["websockets"]["open"], stats["websockets"]["opened"]) == (0, 1)
        assert stats["oldest_in_flight_seconds"] is None
    reader.reset()
    assert reader.stats()["lost_in_flight"] == 0


def test_websockets_of_all_members(clock: FakeClock) -> None:
    """Open ones survive a reset, everything else is added up and starts anew."""
    one, two = member(clock), member(clock)
    sockets = [WebSocketSession(tracker) for tracker in (one, two, two)]
    for session in sockets:
        session.accepted()
        session.message_in()
        session.message_out()
    WebSocketSession(one).ended()
    clock.tick(2.0)
    sockets[0].ended(1000)
    sockets[1].ended(None)
    assert one.stats()["websockets"] == {
        "opened": 3,
        "open": 1,
        "rejected": 1,
        "close_codes": {"1000": 1, "none": 1},
        "connection_time": 4.0,
        "messages_in": 3,
        "messages_out": 3,
    }
    one.reset()
    assert two.stats()["websockets"]["open"] == one.stats()["websockets"]["open"] == 1
    sockets[2].ended(1001)
    sockets_now = one.stats()["websockets"]
    assert (sockets_now["opened"], sockets_now["open"], sockets_now["close_codes"]) == (0, 0, {"1001": 1})


def test_sums_beside_the_endpoints(clock: FakeClock) -> None:
    """Waiting at the proxy, work in the background, and files timed to the app's return, of all members."""
    one, two = member(clock), member(clock)
    for tracker, seconds in ((one, 0.5), (two, 1.5)):
        tracker.memory.add_queue(seconds)
        tracker.memory.add_background(2 * seconds)
        tracker.memory.untimed_files += 2
    for tracker in (one, two):
        stats = tracker.stats()
        assert stats["queue"] == {"count": 2, "avg": 1.0, "max": 1.5}
        assert stats["background"] == {"count": 2, "avg": 2.0, "max": 3.0}
        assert [warning.split(" ", 2)[:2] for warning in stats["warnings"]] == [["untimed_files:", "4"]]
    one.reset()
    stats = two.stats()
    assert (stats["queue"]["count"], stats["background"]["count"], stats["warnings"]) == (0, 0, [])


def test_a_reset_keeps_what_is_in_flight(clock: FakeClock) -> None:
    """It counts in full when it ends, in whichever worker; the uptime goes on and `since` moves."""
    one, two = member(clock), member(clock)
    [request] = arrive(two)
    record_many(one, ("/", 70))
    record_many(two, ("/", 70))
    clock.tick(5.0)
    answer = one.reset()
    for tracker in (two, one):
        stats = tracker.stats()
        assert (stats["total_requests"], stats["in_flight"], stats["uptime_seconds"]) == (0, 1, 5.0)
        assert stats["since"] == answer["timestamp"]
    clock.tick(2.0)
    finish(request)
    stats = one.stats()
    assert (stats["total_requests"], stats["duration"]["max"], stats["in_flight"]) == (1, 7.0, 0)
    assert [slot["in_flight_peak"] for slot in stats_slots(two)][-1] == 1


def stats_slots(tracker: PerformanceTracker) -> list[dict[str, object]]:
    """Give the slots of the last hour."""
    return [dict(slot) for slot in tracker.series()["slots"]]


def test_what_the_dead_took_is_given_back(clock: FakeClock) -> None:
    """The size of the store is that of the files there are, however many workers came and went."""
    reader = member(clock)
    record_many(reader, ("/", 1))
    size = reader.cache_stats()["store"]["bytes"]
    for _ in range(3):
        dead = member(clock)
        record_many(dead, ("/", 1))
        dead.memory.untimed_files += 2
        dead.memory.forget()
        reader.snapshot()
    assert reader.cache_stats()["store"]["bytes"] == size
    assert [warning.split(" ", 2)[:2] for warning in reader.stats()["warnings"]] == [["untimed_files:", "6"]]
