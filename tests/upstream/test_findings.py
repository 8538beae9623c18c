"""What the frameworks' own tests found when every app in them was wrapped, in small."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

import perftrack_asgi
import perftrack_wsgi
from perftrack import PerformanceTracker

HTTP: dict[str, Any] = {"type": "http", "path": "/thing", "headers": [(b"host", b"api.example.org")]}


async def _nothing() -> Any:
    return {"type": "http.request"}


async def _dropped(message: Any) -> None:
    """Send to nobody."""


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def _statuses(tracker: PerformanceTracker) -> dict[str, dict[str, int]]:
    stats = tracker.stats()
    assert stats["warnings"] == []
    assert stats["in_flight"] == 0
    return {name: row["status"] for name, row in stats["endpoint_stats"].items()}


def test_host_route() -> None:
    """An app that a `Host` route of Starlette hands requests to is one row, like an app that is mounted."""
    pytest.importorskip("starlette", reason="pip install starlette")
    from starlette.applications import Starlette
    from starlette.routing import Host

    from perftrack_fastapi import PerfTrack

    tracker = PerformanceTracker()
    app = Starlette(routes=[Host("api.example.org", _answer)])
    PerfTrack(app, tracker=tracker)
    asyncio.run(app({**HTTP, "method": "GET"}, _nothing, _dropped))
    assert _statuses(tracker) == {"GET /{path}": {"200": 1}}


@pytest.mark.parametrize("missing", ["method", "path"])
def test_incomplete_scope(missing: str) -> None:
    """A scope that lacks method or path, as tests of apps make them, is counted and is no failure of perftrack."""
    tracker = PerformanceTracker()
    app = perftrack_asgi.PerformanceMiddleware(_answer, tracker)
    scope = {**HTTP, "method": "GET"}
    del scope[missing]
    asyncio.run(app(scope, _nothing, _dropped))
    assert list(_statuses(tracker).values()) == [{"200": 1}]


def test_body_dropped_without_close() -> None:
    """A body that is dropped half-way and never closed, as Werkzeug's test client does, is no longer in flight."""

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"one"
        yield b"two"

    tracker = PerformanceTracker()
    body = perftrack_wsgi.PerformanceMiddleware(app, tracker)(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda status, headers, exc_info=None: lambda data: None
    )
    pieces = iter(body)
    assert next(pieces) == b"one"
    del pieces, body
    assert _statuses(tracker) == {"GET /": {"200": 1}}
