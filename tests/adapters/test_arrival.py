"""What an exchange holds when the app begins, however its request came in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

import perftrack_asgi
import perftrack_wsgi
from perftrack import PerformanceTracker
from perftrack.exchange import Exchange
from perftrack.labels import Label
from perftrack_asgi.types import Receive, Scope, Send
from tests.adapters.asgi_support import body, dropped, http_scope, root, start
from tests.adapters.wsgi_support import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ABSENT = object()
HELD = tuple(name for name in Exchange.__slots__ if name not in ("__weakref__", "source"))


def held(method: Any) -> dict[str, object]:
    """Give what the exchange holds that *method* is one of."""
    return {name: getattr(method.__self__, name, ABSENT) for name in HELD}


def asgi_arrivals(tracker: PerformanceTracker, label: Label | None) -> list[dict[str, object]]:
    """Send the same request twice."""
    seen: list[dict[str, object]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(held(send))
        await send(start())
        await send(body())

    async def receive() -> Any:
        raise AssertionError("nobody asks")

    middleware = perftrack_asgi.PerformanceMiddleware(app, tracker, label=label)
    for _ in range(2):
        asyncio.run(middleware(http_scope("GET", "/users/7"), receive, dropped))
    return seen


def wsgi_arrivals(tracker: PerformanceTracker, label: Label | None) -> list[dict[str, object]]:
    """Send the same request twice."""
    seen: list[dict[str, object]] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(held(start_response))
        start_response("200 OK", [])
        return [b""]

    middleware = perftrack_wsgi.PerformanceMiddleware(app, tracker, label=label)
    for _ in range(2):
        Server().serve(middleware, "GET", "/users/7")
    return seen


@pytest.mark.parametrize("label", [None, root])
@pytest.mark.parametrize("arrivals", [asgi_arrivals, wsgi_arrivals])
def test_known_paths_begin_as_all(arrivals: Callable[..., list[dict[str, object]]], label: Label | None) -> None:
    """What the adapters write out for the paths that they know comes to what `begin` does, and nothing is missing."""
    first, known = arrivals(PerformanceTracker(clock=lambda: 1000.0), label)
    assert first == known
    assert ABSENT not in known.values()
