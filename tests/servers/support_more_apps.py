"""The app of `support_apps` with a token for its admin pages, an upload and an answer that breaks off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import perftrack_asgi
import perftrack_wsgi
from perftrack_asgi.types import Receive, Scope, Send
from tests.servers import support_apps

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TOKEN: Final = "token-of-the-servers"


async def asgi_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer over ASGI."""
    if scope["type"] != "http" or scope["path"] not in ("/upload", "/breaks"):
        await support_apps.asgi_app(scope, receive, send)
        return
    length = await _asgi_length(receive)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(length).encode(), "more_body": True})
    if scope["path"] == "/breaks":
        raise LookupError("after the first piece")
    await send({"type": "http.response.body"})


async def _asgi_length(receive: Receive) -> int:
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message["body"])
        more = message.get("more_body", False)
    return length


def wsgi_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer over WSGI."""
    path = environ["PATH_INFO"]
    if path not in ("/upload", "/breaks"):
        return support_apps.wsgi_app(environ, start_response)
    length = len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return _pieces(path, length)


def _pieces(path: str, length: int) -> Iterator[bytes]:
    yield str(length).encode()
    if path == "/breaks":
        raise LookupError("after the first piece")


asgi = perftrack_asgi.PerformanceMiddleware(asgi_app, access=TOKEN, slow_query_threshold=support_apps.SLOW_SECONDS)
wsgi = perftrack_wsgi.PerformanceMiddleware(wsgi_app, access=TOKEN, slow_query_threshold=support_apps.SLOW_SECONDS)
