"""ASGI: which moments a request's four readings are taken at."""

from __future__ import annotations

import pytest

from perftrack_asgi.types import Message, Receive, Scope, Send
from tests.adapters.asgi_support import Wrapped, body, called, sends, start
from tests.support import FakeClock


def test_plain_response(clock: FakeClock) -> None:
    """The duration of a plain response lasts from arrival to the end of its only piece."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        clock.tick(0.25)
        await send(start())
        clock.tick(0.125)
        await send(body(b"hello"))

    wrapped = Wrapped(app, clock=clock)
    answer = wrapped.ask()
    assert answer.messages == [start(), body(b"hello")]
    row = wrapped.row()
    assert row["status"] == {"200": 1}
    assert row["min_duration"] == row["max_duration"] == row["avg_duration"] == 0.375
    assert row["first_byte"] == {"count": 1, "avg": 0.375, "max": 0.375}


def test_streamed_body_is_timed_to_its_last_byte(clock: FakeClock) -> None:
    """A streamed body counts in full; the first byte is a reading of its own."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        for _ in range(4):
            clock.tick(0.5)
            await send(body(b"piece", more=True))
        await send(body())

    wrapped = Wrapped(app, clock=clock)
    assert wrapped.ask().body == b"piece" * 4
    assert wrapped.row()["max_duration"] == 2.0
    assert wrapped.row()["first_byte"]["max"] == 0.5


def test_first_byte_skips_empty_pieces(clock: FakeClock) -> None:
    """Empty pieces are no first byte."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(b"", more=True))
        clock.tick(0.5)
        await send(body(b"late"))

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask()
    assert wrapped.row()["first_byte"]["max"] == 0.5


@pytest.mark.parametrize("last", [body(), {"type": "http.response.body"}])
def test_empty_body_has_no_first_byte(last: Message) -> None:
    """Without a byte of body there is no first byte, yet a duration."""
    wrapped = Wrapped(sends(start(), last))
    wrapped.ask()
    assert wrapped.stats()["first_byte"] == {"count": 0, "avg": None, "max": None}
    assert wrapped.stats()["duration"]["count"] == 1


def test_back_pressure_of_the_server_counts(clock: FakeClock) -> None:
    """The time in which the server takes the last byte belongs to the duration, not to the first byte."""
    wrapped = Wrapped(sends(start(), body(b"big")), clock=clock)

    async def slow_send(message: Message) -> None:
        clock.tick(0.5)

    wrapped.run(called(slow_send))
    assert wrapped.row()["max_duration"] == 1.0
    assert wrapped.row()["first_byte"]["max"] == 0.5


def test_background_work_is_no_latency(clock: FakeClock) -> None:
    """What the app does after the last byte is a number of its own."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        clock.tick(0.125)
        await send(body(b"done"))
        clock.tick(2.0)

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask()
    assert wrapped.row()["max_duration"] == 0.125
    assert wrapped.stats()["background"] == {"count": 1, "avg": 2.0, "max": 2.0}


def test_no_background_work() -> None:
    """An app that returns at once was not at work in the background."""
    wrapped = Wrapped(sends(start(), body(b"done")))
    wrapped.ask()
    assert wrapped.stats()["background"]["count"] == 0


def test_in_flight_ends_with_the_last_byte(clock: FakeClock) -> None:
    """A request is in flight until its last byte, not during the background work."""
    seen: list[tuple[int, float | None]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        clock.tick(3.0)
        seen.append(_in_flight(wrapped))
        await send(start())
        await send(body(b"x"))
        seen.append(_in_flight(wrapped))

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask()
    assert seen == [(1, 3.0), (0, None)]


def test_pathsend_is_a_complete_body(clock: FakeClock) -> None:
    """`http.response.pathsend` hands over the whole body at once."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        clock.tick(0.25)
        await send({"type": "http.response.pathsend", "path": "/file"})
        clock.tick(1.0)

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask()
    assert wrapped.row()["max_duration"] == 0.25
    assert wrapped.row()["first_byte"]["count"] == 1
    assert wrapped.outcome() == ("ok", "200")


def test_zero_copy_send_follows_more_body(clock: FakeClock) -> None:
    """`http.response.zerocopysend` may come in pieces, mixed with bytes."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await send({"type": "http.response.zerocopysend", "file": 3, "more_body": True})
        clock.tick(0.25)
        await send(body(b"bytes", more=True))
        clock.tick(0.25)
        await send({"type": "http.response.zerocopysend", "file": 3})
        clock.tick(1.0)

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask()
    assert wrapped.row()["max_duration"] == 0.5
    assert wrapped.row()["first_byte"]["max"] == 0.0


def test_zero_copy_send_without_an_end() -> None:
    """A file that announces more and ends is an unfinished body."""
    wrapped = Wrapped(sends(start(), {"type": "http.response.zerocopysend", "file": 3, "more_body": True}))
    wrapped.ask()
    assert wrapped.outcome() == ("server_error", "200")


def test_extension_messages_move_nothing(clock: FakeClock) -> None:
    """Early hints, pushes, debug messages and trailers are passed on, and are neither first byte nor last."""
    before: list[Message] = [
        {"type": "http.response.early_hint", "links": [b"</a.css>; rel=preload"]},
        {"type": "http.response.debug", "info": {"template": "a"}},
        {"type": "http.response.push", "path": "/a.css", "headers": []},
    ]
    trailers: Message = {"type": "http.response.trailers", "headers": [(b"x-sum", b"1")], "more_trailers": False}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in before:
            await send(message)
        clock.tick(0.5)
        await send({**start(201), "trailers": True})
        await send(body(b"x"))
        clock.tick(1.0)
        await send(trailers)

    wrapped = Wrapped(app, clock=clock)
    answer = wrapped.ask()
    assert answer.messages == [*before, {**start(201), "trailers": True}, body(b"x"), trailers]
    row = wrapped.row()
    assert (row["status"], row["max_duration"], row["first_byte"]["max"]) == ({"201": 1}, 0.5, 0.5)


def test_slow_request_is_logged_with_its_readings(clock: FakeClock) -> None:
    """A slow request is in the log with path, first byte and outcome."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(503))
        clock.tick(0.5)
        await send(body(b"x", more=True))
        clock.tick(1.0)
        await send(body())

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask(path="/items/7")
    [slow] = wrapped.tracker.slow_queries()
    assert (slow["endpoint"], slow["path"], slow["status"]) == ("GET /items/{id}", "/items/7", 503)
    assert (slow["duration"], slow["first_byte"], slow["outcome"]) == (1.5, 0.5, "server_error")


def _in_flight(wrapped: Wrapped) -> tuple[int, float | None]:
    stats = wrapped.tracker.stats()
    return stats["in_flight"], stats["oldest_in_flight_seconds"]
