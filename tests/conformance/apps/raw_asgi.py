"""The endpoints of the scenarios as an ASGI app without a framework."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from perftrack_asgi.types import ASGIApp, Receive, Scope, Send
from tests.conformance.apps import raw_asgi_bodies as bodies
from tests.conformance.apps.raw_asgi_websocket import websocket
from tests.conformance.apps.shared import AFTERWARDS, ETAG, SLOW, BrokenError

Headers = list[tuple[bytes, bytes]]
View = Callable[[Scope, Receive, Send], Awaitable[None]]


async def answer(send: Send, status: int = 200, body: bytes = b"", headers: Headers | None = None) -> None:
    """Send a whole response."""
    await send({"type": "http.response.start", "status": status, "headers": headers or []})
    await send({"type": "http.response.body", "body": body})


async def item(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a small body."""
    length = (b"content-length", b"4")
    if scope["method"] == "HEAD":
        await answer(send, headers=[length])
    elif scope["method"] in ("GET", "OPTIONS"):
        await answer(send, body=b"item", headers=[length])
    else:
        await answer(send, 405)


async def teapot(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a client error."""
    await answer(send, 418)


async def boom(scope: Scope, receive: Receive, send: Send) -> None:
    """Fail before anything is sent."""
    raise BrokenError


async def background(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer, then go on working."""
    await answer(send, body=b"done")
    await asyncio.sleep(AFTERWARDS)


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    """Take long."""
    await asyncio.sleep(SLOW)
    await answer(send, body=b"slow")


async def small(scope: Scope, receive: Receive, send: Send) -> None:
    """Wait, and stop when the client leaves; what goes out then goes to nobody."""
    await receive()
    gone = asyncio.ensure_future(receive())
    await asyncio.wait([gone], timeout=bodies.LATE)
    gone.cancel()
    await answer(send, body=b"small")


async def upload(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the request's body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await answer(send, body=str(size).encode())


async def empty(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer without a body."""
    await answer(send, 204)


async def cached(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a validator, or that nothing has changed."""
    etag = (b"etag", ETAG.encode())
    unchanged = (b"if-none-match", ETAG.encode()) in scope["headers"]
    await answer(send, *((304, b"") if unchanged else (200, b"cached")), headers=[etag])


VIEWS: list[tuple[str, View]] = [
    (r"/items/\w+", item),
    (r"/v1/shop/orders/\w+", item),
    (r"/mounted/hello/\w+", item),
    (r"/teapot", teapot),
    (r"/boom", boom),
    (r"/break", bodies.broken),
    (r"/stream", bodies.stream),
    (r"/events", bodies.events),
    (r"/endless", bodies.endless),
    (r"/late", bodies.late),
    (r"/background", background),
    (r"/slow", slow),
    (r"/small", small),
    (r"/upload", upload),
    (r"/empty", empty),
    (r"/cached", cached),
    (r"/download", bodies.download_file),
    (r"/(health|ping)", empty),
]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection."""
    if scope["type"] == "websocket":
        await websocket(scope, receive, send)
        return
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    for pattern, view in VIEWS:
        if re.fullmatch(pattern, path):
            await view(scope, receive, send)
            return
    await answer(send, 404)


def build() -> ASGIApp:
    """Give the app."""
    return app


second = build
