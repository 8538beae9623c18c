"""Responses of the raw ASGI app whose body comes in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from perftrack_asgi.types import Receive, Scope, Send
from tests.conformance.apps.async_bodies import (
    endless_pieces,
    event_pieces,
    file_pieces,
    late_pieces,
    pieces,
    pieces_then_error,
)
from tests.conformance.apps.shared import DOWNLOAD_BYTES, LATE

__all__ = ["LATE", "broken", "download_file", "endless", "events", "late", "stream"]


async def send_pieces(
    send: Send, body: AsyncIterator[bytes], kind: bytes = b"text/plain", length: int | None = None
) -> None:
    """Send *body* as it comes."""
    headers = [(b"content-type", kind)]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for piece in body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def send_while_connected(
    receive: Receive, send: Send, body: AsyncIterator[bytes], length: int | None = None
) -> None:
    """Send *body* until the client leaves, which uvicorn tells only to an app that listens."""
    sending = asyncio.ensure_future(send_pieces(send, body, length=length))
    listening = asyncio.ensure_future(disconnected(receive))
    await asyncio.wait([sending, listening], return_when=asyncio.FIRST_COMPLETED)
    for task in (sending, listening):
        task.cancel()
    await asyncio.gather(sending, listening, return_exceptions=True)


async def disconnected(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    """Fail after the first piece."""
    await send_pieces(send, pieces_then_error())


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Send pieces with pauses between them."""
    await send_pieces(send, pieces())


async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """Send server-sent events."""
    await send_pieces(send, event_pieces(), b"text/event-stream")


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """Send pieces for as long as somebody takes them."""
    await send_while_connected(receive, send, endless_pieces())


async def late(scope: Scope, receive: Receive, send: Send) -> None:
    """Send much after a pause."""
    await send_while_connected(receive, send, late_pieces())


async def download_file(scope: Scope, receive: Receive, send: Send) -> None:
    """Send a file."""
    await send_while_connected(receive, send, file_pieces(), DOWNLOAD_BYTES)
