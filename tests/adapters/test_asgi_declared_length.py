"""ASGI: the last byte of a body whose length is declared comes before an empty end."""

from __future__ import annotations

import pytest

from perftrack_asgi.types import Receive, Scope, Send
from tests.adapters.asgi_support import DISCONNECT, Wrapped, body, start


@pytest.mark.parametrize(
    ("declared", "outcome"),
    [
        ((b"Content-Length", b"6"), "ok"),
        ((b"content-length", b"7"), "client_left"),
        ((b"content-length", b"nonsense"), "client_left"),
        ((b"content-length", b"6" * 5000), "client_left"),
        ((b"x-other", b"6"), "client_left"),
    ],
)
def test_client_that_leaves_before_the_empty_end(declared: tuple[bytes, bytes], outcome: str) -> None:
    """A client that has all the declared bytes may close before the app says that there are no more."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(start(200, declared))
        await send(body(b"one", more=True))
        await send(body(b"two", more=True))
        assert (await receive())["type"] == "http.disconnect"
        await send(body())

    wrapped = Wrapped(app)
    wrapped.ask("GET", "/", DISCONNECT)
    assert wrapped.outcome() == (outcome, "200")
