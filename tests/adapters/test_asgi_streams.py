"""ASGI: streams of events, which are meant to last."""

from __future__ import annotations

import pytest

from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send
from tests.adapters.asgi_support import DISCONNECT, Wrapped, body, event_stream, start
from tests.support import FakeClock

EVENT = body(b"data: 1\n\n", more=True)


def test_event_stream_enters_no_duration(clock: FakeClock) -> None:
    """A finished stream counts as request, and only its connection time shows how long it lasted."""
    wrapped = Wrapped(_stream(clock, event_stream(), EVENT, body()), clock=clock, slow_query_threshold=0.5)
    wrapped.ask(path="/events")
    stats = wrapped.stats()
    assert stats["streams"] == {"open": 0, "finished": 1, "connection_time": 3.0}
    assert stats["duration"]["count"] == stats["slow_queries_count"] == 0
    assert stats["outcomes"]["ok"] == stats["requests_per_minute"] == 1
    row = wrapped.row("GET /events")
    assert (row["apdex"], row["time_share"], row["first_byte"]["count"]) == (None, 0.0, 1)


def test_open_stream_is_counted_as_open(clock: FakeClock) -> None:
    """A stream is open from its headers to its end, and is no stuck request meanwhile."""
    seen: list[tuple[int, int, float | None]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(event_stream())
        clock.tick(60)
        stats = wrapped.tracker.stats()
        seen.append((stats["streams"]["open"], stats["in_flight"], stats["oldest_in_flight_seconds"]))
        await send(body())

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask()
    assert seen == [(1, 1, None)]
    assert wrapped.stats()["streams"]["open"] == 0


def test_client_leaves_the_stream(clock: FakeClock) -> None:
    """Most streams end with the client leaving: no error, and the time counts as connection time."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(event_stream())
        await send(EVENT)
        clock.tick(5)
        assert (await receive())["type"] == "http.disconnect"

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask("GET", "/", DISCONNECT)
    assert wrapped.outcome() == ("client_left", "200")
    assert wrapped.stats()["streams"] == {"open": 0, "finished": 1, "connection_time": 5.0}
    assert wrapped.stats()["total_errors"] == 0


def test_stream_that_fails(clock: FakeClock) -> None:
    """A stream that raises, or ends without its end, is a server error like any other."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(event_stream())
        await send(EVENT)
        clock.tick(1)
        if scope["path"] == "/raises":
            raise LookupError

    for path in ("/raises", "/unfinished"):
        wrapped = Wrapped(app, clock=clock)
        wrapped.ask(path=path)
        assert wrapped.outcome(f"GET {path}") == ("server_error", "200")
        assert wrapped.stats()["streams"]["finished"] == 1
        assert wrapped.stats()["duration"]["count"] == 0


@pytest.mark.parametrize(
    ("name", "value", "is_stream"),
    [
        (b"content-type", b"text/event-stream", True),
        (b"CONTENT-TYPE", b"text/event-stream;charset=utf-8", True),
        (b"content-type", b"text/plain", False),
        (b"content-tape", b"text/event-stream", False),
    ],
)
def test_what_makes_a_stream(clock: FakeClock, name: bytes, value: bytes, is_stream: bool) -> None:
    """The content type alone makes an event stream, however its name is written."""
    wrapped = Wrapped(_stream(clock, start(200, (b"x-first", b"1"), (name, value)), EVENT, body()), clock=clock)
    wrapped.ask()
    assert wrapped.stats()["streams"]["finished"] == is_stream
    assert wrapped.stats()["duration"]["count"] == (not is_stream)


def _stream(clock: FakeClock, *messages: Message) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)
            clock.tick(1.5)

    return app
