"""Servers that many use, and that only this run installs: the same requests over sockets give the same numbers."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from typing import Any

import pytest

from tests.servers.support import EXPECTED, PATIENCE_SECONDS, Server, exercise, rows, serving
from tests.servers.support_more_apps import TOKEN

pytestmark = pytest.mark.servers

APPS = "tests.servers.support_more_apps"
GUNICORN = ("gunicorn", f"{APPS}:wsgi", "--bind", "127.0.0.1:{port}", "--workers", "1")
SERVERS = {
    "hypercorn": ("hypercorn", ("hypercorn", f"{APPS}:asgi", "--bind", "127.0.0.1:{port}")),
    "daphne": ("daphne", ("daphne", "-b", "127.0.0.1", "-p", "{port}", f"{APPS}:asgi")),
    "gunicorn gevent": ("gevent", (*GUNICORN, "--worker-class", "gevent")),
}
"""What has to be installed, and the command."""

UPLOAD = b"u" * 300_000
BROKEN_SECONDS = 2.0
"""How long the client waits for the end of a broken answer: hypercorn and gunicorn hang up, daphne does nothing."""


@pytest.mark.parametrize("name", ["hypercorn", "daphne"])
def test_deaf_app(name: str) -> None:
    """An app that does not listen for the disconnect is not told of it, so the request is `ok`, as on uvicorn."""
    package, command = SERVERS[name]
    pytest.importorskip(package, reason=f"pip install {package}")
    with serving(*command) as server:
        server.leave("/deaf")
        assert rows(_stats(server)) == {"GET /deaf": ({"200": 1}, {"ok": 1})}


@pytest.mark.parametrize(("package", "command"), SERVERS.values(), ids=SERVERS)
def test_same_numbers(package: str, command: tuple[str, ...]) -> None:
    """Every row has exactly the statuses and outcomes of what was sent, uploads and broken answers among them."""
    pytest.importorskip(package, reason=f"pip install {package}")
    with serving(*command) as server:
        exercise(server)
        assert _upload(server) == (200, str(len(UPLOAD)).encode())
        _ask_for_broken_answer(server)
        stats = _stats(server)
        assert rows(stats) == {
            **EXPECTED,
            "POST /upload": ({"200": 1}, {"ok": 1}),
            "GET /breaks": ({"200": 1}, {"server_error": 1}),
        }
        assert stats["total_requests"] == 17
        assert stats["duration"]["count"] == 15
        assert stats["streams"]["finished"] == 1
        assert stats["endpoint_stats"]["GET /slow"]["slow_queries_count"] == 1
        assert not [warning for warning in stats["warnings"] if "failed" in warning]


def _upload(server: Server) -> tuple[int, bytes]:
    with _connected(server) as client:
        client.request("POST", "/upload", UPLOAD, {"Connection": "close"})
        response = client.getresponse()
        return response.status, response.read()


def _ask_for_broken_answer(server: Server) -> None:
    with _connected(server, BROKEN_SECONDS) as client:
        client.request("GET", "/breaks", headers={"Connection": "close"})
        with contextlib.suppress(http.client.HTTPException, OSError):
            client.getresponse().read()


def _stats(server: Server) -> Any:
    """Give the numbers as soon as nothing is in flight."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with _connected(server) as client:
            client.request("GET", "/admin/performance/stats", headers={"Authorization": f"Bearer {TOKEN}"})
            response = client.getresponse()
            stats = json.load(response)
        assert response.status == 200, stats
        if stats["in_flight"] == 0:
            return stats
        assert time.monotonic() < deadline, (stats, server.printed())
        time.sleep(0.05)


def _connected(server: Server, seconds: float = PATIENCE_SECONDS) -> contextlib.closing[http.client.HTTPConnection]:
    return contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds))
