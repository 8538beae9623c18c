"""ASGI: a client that leaves, and how that differs from an error."""

from __future__ import annotations

import asyncio

import pytest

from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send
from tests.adapters.asgi_support import DISCONNECT, Wrapped, body, called, dropped, http_scope, start


def test_disconnect_seen_before_the_last_byte() -> None:
    """A client that the app saw leave is no error, enters no duration and no denominator."""
    wrapped = Wrapped(_streams_until_disconnect)
    wrapped.ask("GET", "/", DISCONNECT)
    assert wrapped.outcome() == ("client_left", "200")
    stats = wrapped.stats()
    assert (stats["total_errors"], stats["error_rate"], stats["duration"]["count"]) == (0, 0.0, 0)
    assert wrapped.row()["apdex"] is None
    assert stats["requests_per_minute"] == 1


def test_disconnect_and_then_an_exception() -> None:
    """An app that fails because its client left made no error; nobody was sent a status."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if (await receive())["type"] == "http.disconnect":
            raise ConnectionError("the client has gone")

    wrapped = Wrapped(app)
    assert isinstance(wrapped.ask("POST", "/", DISCONNECT).error, ConnectionError)
    assert wrapped.outcome("POST /") == ("client_left", "none")


def test_disconnect_seen_after_the_last_piece() -> None:
    """Every connection ends some time: seen after the last piece, it is not the client leaving."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(start())
        await send(body(b"whole"))
        assert (await receive())["type"] == "http.disconnect"

    wrapped = Wrapped(app)
    wrapped.ask("GET", "/", DISCONNECT)
    assert wrapped.outcome() == ("ok", "200")


def test_disconnect_seen_while_the_last_piece_is_sent() -> None:
    """A listening task may see the disconnect before `send` has returned; the client had the last piece."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await asyncio.gather(send(body(b"whole")), receive())

    async def use(app: ASGIApp) -> None:
        sent = asyncio.Event()

        async def receive() -> Message:
            await sent.wait()
            return DISCONNECT

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                sent.set()
                await asyncio.sleep(0)
                await asyncio.sleep(0)

        await app(http_scope(), receive, send)

    wrapped = Wrapped(app)
    wrapped.run(use)
    assert wrapped.outcome() == ("ok", "200")


@pytest.mark.parametrize("more", [True, False])
def test_send_raises_os_error(more: bool) -> None:
    """A `send` that raises OSError says that the client left; the app gets the very same error."""
    error = BrokenPipeError("gone")
    seen: list[BaseException] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        try:
            await send(body(b"x", more))
        except OSError as caught:
            seen.append(caught)
            raise

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            raise error

    wrapped = Wrapped(app)
    with pytest.raises(BrokenPipeError) as caught:
        wrapped.run(called(send))
    assert caught.value is error
    assert seen == [error]
    assert wrapped.outcome() == ("client_left", "200")


@pytest.mark.parametrize(("inputs", "outcome"), [([], "server_error"), ([DISCONNECT], "client_left")])
def test_cancelled_task(inputs: list[Message], outcome: str) -> None:
    """A cancellation is a server error, unless the client was seen to leave; it goes on to the server."""
    waiting = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(1 + len(inputs)):
            await receive()
        await send(start())
        waiting.set()
        await asyncio.Event().wait()

    async def use(app: ASGIApp) -> None:
        task = asyncio.ensure_future(called(dropped, *inputs)(app))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    wrapped = Wrapped(app)
    wrapped.run(use)
    assert wrapped.outcome() == (outcome, "200")


def test_cancelled_after_the_last_byte() -> None:
    """Background work that is cancelled leaves the response as good as it was."""
    waiting = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await send(body(b"whole"))
        waiting.set()
        await asyncio.Event().wait()

    async def use(app: ASGIApp) -> None:
        task = asyncio.ensure_future(called(dropped)(app))
        await waiting.wait()
        task.cancel()
        await asyncio.wait([task])

    wrapped = Wrapped(app)
    wrapped.run(use)
    assert wrapped.outcome() == ("ok", "200")


async def _streams_until_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send(start())
    await send(body(b"half", more=True))
    while (await receive())["type"] != "http.disconnect":
        pass
