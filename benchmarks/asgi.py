"""The ASGI middleware against a wrapper that does nothing, driven by hand: no server and no event loop."""

from __future__ import annotations

from time import process_time

from perftrack import PerformanceTracker
from perftrack_asgi import PerformanceMiddleware
from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send

BODY = b'{"id": 42, "name": "apple"}'
START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"27"), (b"content-type", b"application/json")],
}
LAST: Message = {"type": "http.response.body", "body": BODY}


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with one start and one piece of body."""
    await send(START)
    await send(LAST)


class Wrapper:
    """Stands where the middleware stands, passes every message on through a closure, and looks at none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def pass_on(message: Message) -> None:
            await send(message)

        await self.app(scope, receive, pass_on)


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: Message) -> None:
    """Take a message, as a server whose buffer has room does."""


class Served:
    """Times an app."""

    def __init__(self, app: ASGIApp, calls: int) -> None:
        self.app = app
        self.calls = calls
        self.scope: Scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/projects/42",
            "raw_path": b"/projects/42",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")],
        }

    def __call__(self) -> float:
        """Run one round."""
        app, scope = self.app, self.scope
        started = process_time()
        for _ in range(self.calls):
            # the default of next() takes the StopIteration of a coroutine that has run to its end
            next(app(scope, _receive, _send).__await__(), None)
        return (process_time() - started) / self.calls


def measured(tracker: PerformanceTracker) -> ASGIApp:
    """Give the app with perftrack around it."""
    return PerformanceMiddleware(bare, tracker=tracker)
