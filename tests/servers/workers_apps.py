"""The app that the workers of every server run, on ASGI and on WSGI; nothing but the standard library and perftrack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

import perftrack_asgi
import perftrack_wsgi
from perftrack import AllowAll
from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send
from tests.servers.workers_answers import HEADER, SLOW_SECONDS, answer, note, whoami

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


async def asgi_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer over ASGI."""
    if scope["type"] == "websocket":
        await _echo(receive, send)
        return
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    status, body = answer(scope["path"])
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


async def _echo(receive: Receive, send: Send) -> None:
    """Give each message back until the client leaves."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


def wsgi_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer over WSGI."""
    status, body = answer(environ["PATH_INFO"])
    start_response(f"{status} As it is", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


class ShownASGI:
    """Says in each answer of *app*, which is measured, what process gave it, and notes what has been recorded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, shown_send(send))
        note(scope["path"])


def shown_send(send: Send) -> Send:
    """Add the header to the answer that goes through *send*."""

    async def send_shown(message: Message) -> None:
        if message["type"] == "http.response.start":
            header = (HEADER.lower().encode(), whoami().encode())
            message = {**message, "headers": [*message.get("headers", ()), header]}
        await send(message)

    return send_shown


class ShownWSGI:
    """The same on WSGI."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""

        def start_shown(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Callable[[bytes], object]:
            return start_response(status, [*headers, (HEADER, whoami())], *exc_info)

        body = self._app(environ, cast("StartResponse", start_shown))
        return _NotedBody(body, environ["PATH_INFO"])


class _NotedBody:
    """A body that is noted when it has been closed."""

    def __init__(self, body: Iterable[bytes], path: str) -> None:
        self._body = body
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Close the body, which records the request, then note it."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
        note(self._path)


asgi = ShownASGI(perftrack_asgi.PerformanceMiddleware(asgi_app, access=AllowAll(), slow_query_threshold=SLOW_SECONDS))
wsgi = ShownWSGI(perftrack_wsgi.PerformanceMiddleware(wsgi_app, access=AllowAll(), slow_query_threshold=SLOW_SECONDS))
