"""Apps from PyPI under `perftrack run`: unchanged, driven over sockets, and every count exact."""

from __future__ import annotations

import time
from collections import Counter
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from perftrack_cli.tally import Tally, comparison
from tests.adapters.apps.command import PATIENCE_SECONDS, TOKEN, Running, running

pytest.importorskip("granian", reason="`perftrack run` serves with granian; pip install granian")

pytestmark = pytest.mark.servers

DATASETTE = """
from datasette.app import Datasette

app = Datasette(memory=True).app()
"""

# Path, endpoint, status; ids in paths fold together.
DATASETTE_VISITS = [
    ("GET", "/", "GET /", 200),
    ("GET", "/-/versions.json", "GET /-/versions.json", 200),
    ("GET", "/_memory", "GET /_memory", 200),
    ("GET", "/_memory.json?sql=select+1", "GET /_memory.json", 200),
    ("GET", "/_memory.json?sql=select+nonsense", "GET /_memory.json", 400),
    ("GET", "/-/static/app.css", "GET /-/static/app.css", 200),
    ("HEAD", "/-/versions.json", "HEAD /-/versions.json", 200),
    ("GET", "/no-such-database", "GET <unmatched>", 404),
]

HTTPBIN_VISITS = [
    ("GET", "/get?a=1", "GET /get", 200),
    ("HEAD", "/get", "HEAD /get", 200),
    ("POST", "/post", "POST /post", 200),
    ("PUT", "/put", "PUT /put", 200),
    ("DELETE", "/delete", "DELETE /delete", 200),
    ("GET", "/status/204", "GET /status/{id}", 204),
    ("GET", "/status/500", "GET /status/{id}", 500),
    ("GET", "/status/418", "GET /status/{id}", 418),
    ("GET", "/stream/20", "GET /stream/{id}", 200),
    ("GET", "/stream-bytes/70000", "GET /stream-bytes/{id}", 200),
    ("GET", "/drip?duration=0.05&numbytes=5", "GET /drip", 200),
    ("GET", "/bytes/1024", "GET /bytes/{id}", 200),
    ("GET", "/delay/0", "GET /delay/{id}", 200),
    ("GET", "/redirect/1", "GET /redirect/{id}", 302),
    ("GET", "/post", "GET /post", 405),
    ("GET", "/no-such-page", "GET <unmatched>", 404),
]

ROUNDS = 5


def drive(server: Running, visits: list[tuple[str, str, str, int]]) -> Tally:
    """Send every visit several times and count the answers."""
    sent = Tally()
    for _ in range(ROUNDS):
        for method, path, endpoint, expected in visits:
            status, _ = server.request(method, path, "a=1" if method in {"POST", "PUT"} else None)
            assert status == expected, (method, path)
            sent.count(endpoint, status)
    return sent


def settled(server: Running) -> Any:
    """Give what was measured once nothing is in flight: a client can have all bytes before the app is done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (stats := server.admin("/stats"))["in_flight"] and time.monotonic() < deadline:
        time.sleep(0.01)
    return stats


def check(server: Running, sent: Tally) -> Any:
    """Compare all that was sent with all that was measured, and give what was measured."""
    stats = settled(server)
    assert comparison(sent, stats).endswith(": equal for every endpoint, status and client that left")
    assert stats["warnings"] == []
    assert stats["duration"]["count"] == stats["total_requests"] == sent.answers.total()
    return stats


def test_datasette(tmp_path: Path) -> None:
    """datasette, an ASGI app with lifespan: pages, JSON, files and errors."""
    pytest.importorskip("datasette", reason="datasette is not installed; pip install 'perftrack-web[servers]'")
    (tmp_path / "site_7f.py").write_text(DATASETTE)
    with running("run", "site_7f:app", "--token", TOKEN, folder=tmp_path) as server:
        assert "(ASGI)" in server.lines[0]
        stats = check(server, drive(server, DATASETTE_VISITS))
        assert server.stop()[0] == 0
    assert stats["outcomes"] == {"ok": 6 * ROUNDS, "client_error": 2 * ROUNDS, "server_error": 0, "client_left": 0}


def test_httpbin() -> None:
    """httpbin, a Flask app: all methods, streams, redirects and errors."""
    if find_spec("httpbin") and version("httpbin") == "0.10.0":
        pytest.skip("pip took a httpbin too old for Werkzeug, as later ones want an older greenlet than Playwright")
    pytest.importorskip("httpbin", reason="httpbin is not installed; pip install 'perftrack-web[servers]'")
    with running("run", "httpbin:app", "--token", TOKEN, "--slow", "0.04") as server:
        assert "(WSGI)" in server.lines[0]
        sent = drive(server, HTTPBIN_VISITS)
        stats = check(server, sent)
        slow = server.admin("/slow-queries")["slow_queries"]
        assert server.stop()[0] == 0
    statuses = Counter({status: count for (_, status), count in sent.answers.items() if status == "500"})
    assert stats["outcomes"]["server_error"] == statuses["500"] == ROUNDS
    assert {"GET /drip"} <= {each["endpoint"] for each in slow}
