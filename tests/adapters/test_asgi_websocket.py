"""ASGI: WebSockets have numbers of their own."""

from __future__ import annotations

import asyncio

import pytest

from perftrack.shapes import WebSockets
from perftrack_asgi.types import Message, Receive, Scope, Send
from tests.adapters.asgi_support import Wrapped, called, dropped, sends
from tests.support import FakeClock

ACCEPT: Message = {"type": "websocket.accept"}
TEXT: Message = {"type": "websocket.send", "text": "hello"}
RECEIVE: Message = {"type": "websocket.receive", "text": "hello"}


def closed(code: int | None = None) -> Message:
    """Make the server's message that the connection ended."""
    return {"type": "websocket.disconnect"} if code is None else {"type": "websocket.disconnect", "code": code}


def test_conversation(clock: FakeClock) -> None:
    """Messages are counted both ways, the time runs from accept to close, and nothing else counts any of it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        clock.tick(1)  # the handshake is no connection time
        await send(ACCEPT)
        assert _sockets(wrapped)["open"] == 1
        while (await receive())["type"] == "websocket.receive":
            clock.tick(2)
            await send(TEXT)
            await send(TEXT)

    wrapped = Wrapped(app, clock=clock)
    answer = wrapped.connect(RECEIVE, RECEIVE, closed(1001))
    assert answer.messages == [ACCEPT, TEXT, TEXT, TEXT, TEXT]
    assert _sockets(wrapped) == {
        "opened": 1,
        "open": 0,
        "rejected": 0,
        "close_codes": {"1001": 1},
        "connection_time": 4.0,
        "messages_in": 2,
        "messages_out": 4,
    }
    stats = wrapped.stats()
    assert (stats["total_requests"], stats["requests_per_minute"], stats["in_flight"]) == (0, 0, 0)
    assert stats["endpoint_stats"] == {}


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ({"type": "websocket.close"}, "1000"),
        ({"type": "websocket.close", "code": 4001, "reason": "bye"}, "4001"),
    ],
)
def test_app_closes(ending: Message, code: str) -> None:
    """The close code of the app counts, 1000 where it says none; once, even if the server confirms it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPT)
        await send(ending)
        await receive()

    wrapped = Wrapped(app)
    assert wrapped.connect(closed(1006)).messages == [ACCEPT, ending]
    assert _sockets(wrapped)["close_codes"] == {code: 1}
    assert _sockets(wrapped)["open"] == 0


@pytest.mark.parametrize(("message", "code"), [(closed(1006), "1006"), (closed(), "1005"), (closed(3000), "3000")])
def test_client_closes(message: Message, code: str) -> None:
    """The close code of the client counts, 1005 (no status received) where there is none."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPT)
        await receive()

    wrapped = Wrapped(app)
    wrapped.connect(message)
    assert _sockets(wrapped)["close_codes"] == {code: 1}


@pytest.mark.parametrize(
    "answer",
    [
        [{"type": "websocket.close", "code": 1008}],
        [
            {"type": "websocket.http.response.start", "status": 401, "headers": []},
            {"type": "websocket.http.response.body", "body": b"who are you?"},
        ],
        [],
    ],
)
def test_rejected(answer: list[Message]) -> None:
    """A close before the accept, a denial response and no answer at all are rejections, without a close code."""
    wrapped = Wrapped(sends(*answer))
    assert wrapped.connect().messages == answer
    sockets = _sockets(wrapped)
    assert (sockets["rejected"], sockets["opened"], sockets["close_codes"]) == (1, 0, {})
    assert wrapped.stats()["total_requests"] == 0


def test_app_raises_after_accept() -> None:
    """An app that raises ends the connection as servers do, with 1011; the exception goes through."""
    error = LookupError("in the app")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        raise error

    wrapped = Wrapped(app)
    assert wrapped.connect().error is error
    assert (_sockets(wrapped)["close_codes"], _sockets(wrapped)["open"]) == ({"1011": 1}, 0)


def test_app_raises_before_accept() -> None:
    """An app that raises in the handshake rejected the connection."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError

    wrapped = Wrapped(app)
    wrapped.connect()
    assert (_sockets(wrapped)["rejected"], _sockets(wrapped)["close_codes"]) == (1, {})


def test_app_returns_without_a_close() -> None:
    """A connection that ends without a close code has none; it is no longer open."""
    wrapped = Wrapped(sends(ACCEPT))
    wrapped.connect()
    assert (_sockets(wrapped)["close_codes"], _sockets(wrapped)["open"]) == ({"none": 1}, 0)


def test_cancelled() -> None:
    """A connection whose task the server cancels is no longer open."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        raise asyncio.CancelledError

    wrapped = Wrapped(app)
    with pytest.raises(asyncio.CancelledError):
        wrapped.run(called(dropped, scope={"type": "websocket", "path": "/ws", "headers": []}))
    assert (_sockets(wrapped)["close_codes"], _sockets(wrapped)["open"]) == ({"none": 1}, 0)


def test_send_that_fails_is_no_message() -> None:
    """What the server could not send is not counted as sent."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        await send(TEXT)

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            raise BrokenPipeError

    wrapped = Wrapped(app)
    with pytest.raises(BrokenPipeError):
        wrapped.run(called(send, scope={"type": "websocket", "path": "/ws", "headers": []}))
    sockets = _sockets(wrapped)
    assert (sockets["messages_out"], sockets["opened"], sockets["open"]) == (0, 1, 0)


def test_skipped_path() -> None:
    """A skipped path is skipped for WebSockets too: the app gets the server's own callables."""
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(send)
        await send(ACCEPT)

    wrapped = Wrapped(app, skip=("/ws",))
    wrapped.run(called(dropped, scope={"type": "websocket", "path": "/ws", "headers": []}))
    assert seen == [dropped]
    assert _sockets(wrapped)["opened"] == 0


def _sockets(wrapped: Wrapped) -> WebSockets:
    return wrapped.stats()["websockets"]
