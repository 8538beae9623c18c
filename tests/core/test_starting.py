"""An app starts with what its requests need, and with nothing that only a reader of the numbers needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import perftrack
from perftrack import HealthPolicy, Snapshot

REQUESTS: Final = """
import asyncio, os, sys, time

KINDS = "/fast", "/fast", "/slow", "/missing", "/error", "/raises", "/events", "/empty", "/left"


async def asgi(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "a"})
        await send({"type": "websocket.close", "code": 1000})
        return
    path = scope["path"]
    if path == "/raises":
        raise ValueError(path)
    status = {"/missing": 404, "/error": 500}.get(path, 200)
    content_type = b"text/event-stream" if path == "/events" else b"text/plain"
    if path == "/slow":
        time.sleep(0.01)
    if path == "/left":
        await receive()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", content_type)]})
    if path != "/left":
        await send({"type": "http.response.body", "body": b"" if path == "/empty" else b"a"})
    await asyncio.sleep(0.005)


def wsgi(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/raises":
        raise ValueError(path)
    status = {"/missing": "404 Not Found", "/error": "500 Internal Server Error"}.get(path, "200 OK")
    start_response(status, [("Content-Type", "text/event-stream" if path == "/events" else "text/plain")])
    if path == "/slow":
        time.sleep(0.01)
    return [] if path == "/empty" else [b"a"]


async def receive():
    return {"type": "http.disconnect"}


async def send(message):
    pass


SETTINGS = dict(
    group=os.environ.get("GROUP"),
    slow_query_threshold=0.005,
    max_endpoints=2,
    trust_queue_header=True,
    record_query_strings=True,
)
QUEUED = str(time.time() - 1)


async def serve_asgi(app):
    for path in (*KINDS, *KINDS, *(f"/fast/{number}" for number in range(300))):
        headers = [(b"x-request-start", QUEUED.encode())]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"a=b", "headers": headers}
        try:
            await app(scope, receive, send)
        except ValueError:
            pass
    await app({"type": "websocket", "path": "/socket", "headers": []}, receive, send)


def serve_wsgi(app):
    for path in (*KINDS, *KINDS, *(f"/fast/{number}" for number in range(300))):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "a=b", "HTTP_X_REQUEST_START": QUEUED}
        try:
            body = app(environ, lambda *_: None)
        except ValueError:
            continue
        if path != "/left":
            list(body)
        if hasattr(body, "close"):
            body.close()


def new_modules(before):
    return [name for name in sys.modules if name.startswith("perftrack") and name not in before]


def report(made, tracker):
    missing = new_modules(made)
    shown = tracker.stats()
    assert shown["slow_queries_count"] and shown["queue"]["count"], shown
    assert shown["outcomes"]["server_error"] and shown["endpoint_stats"]["OTHER <overflow>"], shown
    assert new_modules(made), "reading imports"
    print(missing, shown["total_requests"])
"""

SERVERS: Final = {
    "asgi": """
from perftrack_asgi import PerformanceMiddleware
app = PerformanceMiddleware(asgi, **SETTINGS)
made = set(sys.modules)
asyncio.run(serve_asgi(app))
report(made, app.tracker)
""",
    "wsgi": """
from perftrack_wsgi import PerformanceMiddleware
app = PerformanceMiddleware(wsgi, **SETTINGS)
made = set(sys.modules)
serve_wsgi(app)
report(made, app.tracker)
""",
}
"""Programs that print what their requests have imported."""

DEAR: Final = ("dataclasses", "hmac", "inspect", "ipaddress", "json", "logging", "pathlib", "perftrack.report")
"""Modules that take long to import, and that no app needs to start."""


def output(program: str) -> str:
    """Run *program* in an interpreter of its own, without `site`: editable installs import much by themselves."""
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    done = subprocess.run([sys.executable, "-S", "-c", path + program], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize("group", [None, "some"])
def test_no_request_imports_a_module(
    kind: str, group: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Requests of every kind find all modules of perftrack there, also those that join other workers and fold the dead;
    the first reader imports those of reading.
    """
    if group is not None:
        monkeypatch.setenv("GROUP", group)
        monkeypatch.setenv("PERFTRACK_DIR", str(tmp_path))
        monkeypatch.setenv("PERFTRACK_KEEP", "1")
        assert output(REQUESTS + SERVERS[kind]) == "[] 318"  # and is dead
    assert output(REQUESTS + SERVERS[kind]) == ("[] 318" if group is None else "[] 636")


@pytest.mark.parametrize("package", ["perftrack_asgi", "perftrack_wsgi"])
def test_a_start_imports_nothing_dear(package: str) -> None:
    """A measured app starts without the modules that take long, and without those that only read the numbers."""
    shown = f"print([name for name in {DEAR} if name in sys.modules])"
    assert output(f"import {package}; {package}.PerformanceMiddleware(print); {shown}") == "[]"


def test_a_token_is_looked_at_when_the_app_starts() -> None:
    """A token that is too short is refused by the middleware, not by the first admin request."""
    program = """
import perftrack_asgi
try:
    perftrack_asgi.PerformanceMiddleware(print, access="short")
except ValueError as error:
    print(type(error).__name__)
"""
    assert output(program) == "SettingError"


def test_public_names_that_are_imported_later() -> None:
    """Names that only a reader needs are there when they are asked for, and in `dir()`; others are not."""
    assert output("import perftrack; print('perftrack.snapshot' in sys.modules, perftrack.Snapshot.__module__)") == (
        "False perftrack.snapshot"
    )
    assert {"Snapshot", "HealthPolicy", *perftrack.__all__} <= set(dir(perftrack))
    assert all(hasattr(perftrack, name) for name in perftrack.__all__)
    assert (perftrack.Snapshot, perftrack.HealthPolicy) == (Snapshot, HealthPolicy)
    with pytest.raises(AttributeError, match="module 'perftrack' has no attribute 'Nothing'"):
        _ = perftrack.Nothing  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - there is none
