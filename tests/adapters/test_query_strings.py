"""`record_query_strings` on every adapter: the slow log has the query, nothing else does, and only when it is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from tests.adapters.doors import ADMIN, ASGI, WSGI, Ask, Door, asgi_door, wsgi_door

QUERY = "q=planted%20text&%3Cscript%3E"


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for all requests of a test."""
    made = asyncio.new_event_loop()
    yield made
    made.run_until_complete(made.shutdown_default_executor())
    made.close()


def answers(door: Door) -> tuple[list[str], str]:
    """Ask the app for something slow; give the paths of the slow log, and all other numbers as text."""
    assert door(Ask("GET", f"/projects/seven?{QUERY}")).status in (200, 404)
    paths = ("/stats", "/slow-queries", "/health", "/series")
    stats, slow, *more = (json.loads(door(Ask("GET", ADMIN + path)).body) for path in paths)
    assert stats.pop("recent_slow_queries") == slow["slow_queries"]
    return [entry["path"] for entry in slow["slow_queries"]], json.dumps([stats, *more])


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("name", [*ASGI, *WSGI])
def test_query_strings(name: str, recorded: bool, loop: asyncio.AbstractEventLoop) -> None:
    """Off, the query is nowhere; on, it is in the path of the slow request and in nothing else."""
    tracker = PerformanceTracker(slow_query_threshold=1e-9, record_query_strings=recorded)
    app: Any = (ASGI if name in ASGI else WSGI)[name](AllowAll(), tracker)
    paths, others = answers(asgi_door(app, loop) if name in ASGI else wsgi_door(app))
    assert paths == ["/projects/seven" + (f"?{QUERY}" if recorded else "")]
    assert "planted" not in others
