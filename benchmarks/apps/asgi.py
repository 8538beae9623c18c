"""The ASGI middleware against a wrapper that does nothing, served by hand: an event loop, and no server."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable
from functools import cache
from importlib import import_module
from time import process_time
from typing import Any

from benchmarks.apps.telemetry import meter_provider
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


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with one start and one piece of body."""
    await send(START)
    await send(LAST)


def bare() -> ASGIApp:
    """Give the app."""
    return _app


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
    """Times an app, as a server calls it."""

    def __init__(self, app: ASGIApp, calls: int) -> None:
        self.app = app
        self.calls = calls
        self.scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/projects/42",
            "raw_path": b"/projects/42",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
        }

    def __call__(self) -> float:
        """Run one round."""
        started = process_time()
        self.run()
        return (process_time() - started) / self.calls

    def run(self) -> None:
        """Serve the requests of a round."""
        _loop().run_until_complete(self._serve())

    async def _serve(self) -> None:
        app, scope = self.app, self.scope
        for _ in range(self.calls):
            await app(dict(scope), _receive, _send)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Make the loop that serves all apps."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


def measured(tracker: PerformanceTracker) -> ASGIApp:
    """Give the app with perftrack around it."""
    return PerformanceMiddleware(_app, tracker=tracker)


def wrapped() -> ASGIApp:
    """Put the wrapper that does nothing around it."""
    return Wrapper(_app)


def _telemetry() -> Any:
    return import_module("opentelemetry.instrumentation.asgi").OpenTelemetryMiddleware(
        _app, meter_provider=meter_provider()
    )


PEERS: dict[str, Callable[[], Any]] = {"OpenTelemetry": _telemetry}
"""Name -> what makes the app with it; an ImportError says that it is not installed."""
