"""A pytest plugin that wraps every Starlette and FastAPI app of a test run: `pytest -p wrap_asgi`.

Outside: whatever ASGI app a test client is given. Inside: `PerfTrack(app)` in every app that is made, and the
middleware around each route, mount, response and middleware whenever that is called.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import starlette.testclient
from starlette.applications import Starlette
from watched import WatchedTracker, wraps_outside

from perftrack_asgi.types import Receive, Scope, Send
from perftrack_fastapi import PerformanceMiddleware, PerfTrack
from perftrack_fastapi.labels import route_template

tracker = WatchedTracker()

_PARTS = (
    "starlette.endpoints",
    "starlette.middleware.authentication",
    "starlette.middleware.base",
    "starlette.middleware.cors",
    "starlette.middleware.errors",
    "starlette.middleware.exceptions",
    "starlette.middleware.gzip",
    "starlette.middleware.httpsredirect",
    "starlette.middleware.sessions",
    "starlette.middleware.trustedhost",
    "starlette.responses",
    "starlette.routing",
    "starlette.staticfiles",
)
"""Modules whose classes are ASGI apps too."""


def measured(app: Any) -> PerformanceMiddleware:
    """Wrap one app. Its admin pages are left off: their paths belong to the app under test."""
    return PerformanceMiddleware(app, tracker=tracker, label=route_template)


def pytest_configure() -> None:
    """Wrap before the first test module is imported."""
    if wraps_outside():
        _wrap_clients()
        return
    _wrap_apps()
    _wrap_parts()


def pytest_unconfigure() -> None:
    """Report at the end."""
    tracker.write_report()


def _wrap_clients() -> None:
    # The transport and not the client, so that `client.app` stays the app it was given.
    _wrap_first_argument(vars(starlette.testclient)["_TestClientTransport"])
    for name in ("httpx", "httpx2"):
        if importlib.util.find_spec(name):
            _wrap_first_argument(importlib.import_module(name).ASGITransport)


def _wrap_first_argument(transport: type) -> None:
    original: Callable[..., None] = transport.__init__  # type: ignore[misc] # the very method of this class

    @functools.wraps(original)
    def init(self: Any, app: Any, *arguments: Any, **keywords: Any) -> None:
        original(self, measured(app), *arguments, **keywords)

    transport.__init__ = init  # type: ignore[misc] # see above


def _wrap_apps() -> None:
    _wrap_made(Starlette)
    if importlib.util.find_spec("fastapi"):
        _wrap_made(importlib.import_module("fastapi").FastAPI)


def _wrap_made(kind: Any) -> None:
    original: Callable[..., None] = kind.__init__

    @functools.wraps(original)
    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        original(self, *arguments, **keywords)
        PerfTrack(self, tracker=tracker, include_in_schema=False)

    kind.__init__ = init


def _wrap_parts() -> None:
    for part in _parts():
        _wrap_call(part)


def _parts() -> Iterator[Any]:
    for name in _PARTS:
        if importlib.util.find_spec(name):
            members = vars(importlib.import_module(name)).values()
            yield from (m for m in members if isinstance(m, type) and m.__module__ == name and _is_app(m))


def _is_app(part: type) -> bool:
    call = vars(part).get("__call__")
    return call is not None and list(inspect.signature(call).parameters) == ["self", "scope", "receive", "send"]


def _wrap_call(part: Any) -> None:
    original: Callable[..., Any] = part.__call__

    @functools.wraps(original)
    async def call(self: Any, scope: Scope, receive: Receive, send: Send) -> None:
        await measured(functools.partial(original, self))(scope, receive, send)

    part.__call__ = call
