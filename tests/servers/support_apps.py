"""The same app on ASGI and on WSGI, with a path for everything that a server can be asked to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.util import FileWrapper

import perftrack_asgi
import perftrack_wsgi
from perftrack import AllowAll
from perftrack_asgi.types import Receive, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SLOW_SECONDS = 0.05
"""Slower requests count as slow."""

PIECE = b"x" * 65536
PIECES = 400
"""Of the long stream, a hundredth of a second each: more than the buffers hold, and bounded if nobody stops it."""

FILE = Path(__file__)
STATUSES = {"/fast": 200, "/slow": 200, "/stream": 200, "/empty": 204, "/fails": 500}
CONTENT_TYPES = {"/events": "text/event-stream"}
PAUSE_SECONDS = 0.01


async def asgi_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer over ASGI."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    path = scope["path"]
    if path == "/raises":
        raise LookupError("from the app")
    headers = [(b"content-type", CONTENT_TYPES.get(path, "text/plain").encode())]
    status = 200 if path in ("/long", "/deaf", "/events", "/file") else STATUSES.get(path, 404)
    if path in ("/long", "/events"):
        await _until_the_client_leaves(scope, receive, send, headers)
        return
    if path == "/slow":
        await asyncio.sleep(2 * SLOW_SECONDS)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if path == "/file" and "http.response.pathsend" in scope.get("extensions", {}):
        await send({"type": "http.response.pathsend", "path": str(FILE)})
        return
    for piece in _pieces(path, status):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(PAUSE_SECONDS if path == "/deaf" else 0)
    await send({"type": "http.response.body"})


async def _until_the_client_leaves(scope: Scope, receive: Receive, send: Send, headers: list[Any]) -> None:
    """Stream while somebody listens for the disconnect, as Starlette does."""
    streaming = asyncio.ensure_future(_stream(send, headers))
    while (await receive())["type"] != "http.disconnect":
        pass
    streaming.cancel()
    await asyncio.wait([streaming])


async def _stream(send: Send, headers: list[Any]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(PIECES):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        await asyncio.sleep(PAUSE_SECONDS)
    await send({"type": "http.response.body"})


def wsgi_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer over WSGI."""
    path = environ["PATH_INFO"]
    if path == "/raises":
        raise LookupError("from the app")
    status = 200 if path in ("/long", "/events", "/file") else STATUSES.get(path, 404)
    headers = [] if status == 204 else [("Content-Type", CONTENT_TYPES.get(path, "text/plain"))]
    if path == "/slow":
        time.sleep(2 * SLOW_SECONDS)
    start_response(f"{status} As it is", headers)
    if path == "/file":
        wrapped: Iterable[bytes] = environ.get("wsgi.file_wrapper", FileWrapper)(FILE.open("rb"), 8192)
        return wrapped
    if path in ("/long", "/events"):
        return _wsgi_stream()
    return _pieces(path, status) if path == "/stream" else list(_pieces(path, status))


def _wsgi_stream() -> Iterator[bytes]:
    for _ in range(PIECES):
        yield PIECE
        time.sleep(PAUSE_SECONDS)


def _pieces(path: str, status: int) -> Iterator[bytes]:
    if path == "/deaf":
        yield from [PIECE] * (PIECES // 8)
    elif path == "/file":
        yield FILE.read_bytes()
    elif path == "/stream":
        yield from (b"one ", b"two ", b"three")
    elif status != 204:
        yield path.encode()


asgi = perftrack_asgi.PerformanceMiddleware(asgi_app, access=AllowAll(), slow_query_threshold=SLOW_SECONDS)
wsgi = perftrack_wsgi.PerformanceMiddleware(wsgi_app, access=AllowAll(), slow_query_threshold=SLOW_SECONDS)
