"""What the tests of the framework adapters share: short requests, and the rows that come of them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from perftrack import PerformanceTracker
from perftrack_asgi.types import ASGIApp

ROOT = Path(__file__).resolve().parents[2]
ADMIN = "/admin/performance"
TOKEN = "a-token-of-the-tests-1"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def rows(tracker: PerformanceTracker) -> dict[str, dict[str, int]]:
    """Give the counts by status of every row; nothing is in flight and nothing in perftrack has failed."""
    stats = tracker.stats()
    assert stats["in_flight"] == 0
    assert stats["warnings"] == []
    return {name: dict(row["status"]) for name, row in stats["endpoint_stats"].items()}


def outcomes(tracker: PerformanceTracker, name: str) -> dict[str, int]:
    """Give the outcomes of one row, without those that no request had."""
    rows(tracker)
    row = tracker.stats()["endpoint_stats"][name]
    return {outcome: int(str(count)) for outcome, count in row["outcomes"].items() if count}


def asked(
    app: Any, *requests: str, root_path: str = "", headers: Mapping[str, str] | None = None, content: str = ""
) -> list[httpx.Response]:
    """Send `METHOD /path` after `METHOD /path` to an ASGI app; exceptions become what a server makes of them, 500."""

    async def main() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, root_path=root_path)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return [
                await client.request(*request.split(" ", 1), headers=headers, content=content) for request in requests
            ]

    return asyncio.run(main())


def answered(app: Any, request: str, **more: Any) -> httpx.Response:
    """Send one request to an ASGI app."""
    return asked(app, request, **more)[0]


def started(app: ASGIApp) -> None:
    """Run an ASGI app's start and end."""
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        assert message["type"].endswith("complete"), message

    asyncio.run(_run(app, receive, send))


async def _run(app: ASGIApp, receive: Any, send: Any) -> None:
    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)


def python(code: str, **environ: str) -> subprocess.Popen[str]:
    """Start *code* in an interpreter of its own, where warnings are errors as here."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "adapters"), *filter(None, sys.path)])
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PERFTRACK_")}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**clean, "PYTHONPATH": paths, **environ},
    )


def run_python(code: str, **environ: str) -> str:
    """Run *code* in an interpreter of its own, which must end well. Give what it prints."""
    process = python(code, **environ)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output
