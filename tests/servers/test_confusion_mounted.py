"""The same confusing requests to apps below a mount point, on servers in processes of their own.

Real mounts: Starlette's and FastAPI's, werkzeug's dispatcher, Django's FORCE_SCRIPT_NAME, and a server's root path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.adapters.doors import ADMIN, OWN_BODY
from tests.servers.confusing import HEADERS, RIGHT, TARGETS, check, check_whole
from tests.servers.raw import request, send
from tests.servers.support import Server, serving
from tests.servers.support_mounts import MOUNT

pytestmark = pytest.mark.servers

APPS = "tests.servers.support_mounts"
GRANIAN = ("granian", "--host", "127.0.0.1", "--port", "{port}", "--interface")
GUNICORN = ("gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1")
UVICORN = ("uvicorn", "--host", "127.0.0.1", "--port", "{port}")
UNDER_ASGI = ("fastapi", "fastapi_router", "django_asgi", "django_in_starlette")
UNDER_WSGI = ("flask", "flask_blueprint", "django_wsgi", "django_in_dispatcher")

COMMANDS: dict[str, tuple[str, ...]] = {
    **{f"granian {name}": (*GRANIAN, "asgi", f"{APPS}:{name}") for name in UNDER_ASGI},
    **{f"granian {name}": (*GRANIAN, "wsgi", f"{APPS}:{name}") for name in ("flask", "django_wsgi")},
    **{f"gunicorn {name}": (*GUNICORN, f"{APPS}:{name}") for name in UNDER_WSGI},
    "granian asgi": (*GRANIAN, "asgi", "--url-path-prefix", MOUNT, f"{APPS}:asgi"),
    "granian wsgi": (*GRANIAN, "wsgi", "--url-path-prefix", MOUNT, f"{APPS}:wsgi"),
    "uvicorn asgi": (*UVICORN, "--root-path", MOUNT, f"{APPS}:asgi"),
    "uvicorn django_asgi": (*UVICORN, f"{APPS}:django_asgi"),
}
STRIPPED = ("granian django_wsgi", "gunicorn django_wsgi", "uvicorn asgi")
"""Here the proxy in front has to take the mount point off the path."""

TRICKS = (
    f"{MOUNT}/..{ADMIN}/stats",
    f"{MOUNT}%2fadmin/performance/stats",
    f"{MOUNT}/%2e%2e{ADMIN}/stats",
    f"{MOUNT}{MOUNT}{ADMIN}/stats",
    f"{MOUNT}x{ADMIN}/stats",
    f"{MOUNT};x{ADMIN}/stats",
    f"{MOUNT.upper()}{ADMIN}/stats",
    f"/x/..{MOUNT}{ADMIN}/stats",
    f"/{MOUNT}{ADMIN}/stats",
    f"/%6futer{ADMIN}/stats",
    f"{ADMIN}{MOUNT}/stats",
    f"{ADMIN}/stats{MOUNT}",
    f"http://evil.example{MOUNT}{ADMIN}/stats",
    f"{MOUNT}{ADMIN}/stats%0a",
)
MOUNTED = (*TARGETS, *(MOUNT + target for target in TARGETS if target.startswith("/")), *TRICKS)
SPOOFED: dict[str, tuple[bytes, ...]] = {
    **HEADERS,
    "script name": (b"SCRIPT_NAME: " + ADMIN.encode(), b"PATH_INFO: /stats", b"Root-Path: /x"),
    "mount": (b"X-Forwarded-Prefix: " + MOUNT.encode(), b"X-Script-Name: /x", b"X-Forwarded-Path: /x"),
    "scheme": (b"X-Forwarded-Proto: https", b"X-Forwarded-Ssl: on", b"X-Forwarded-Port: 443"),
}


class Served(NamedTuple):
    """A server that runs; *mount* is what a path of the app begins with there."""

    server: Server
    mount: str

    def owner(self, path: str) -> bytes:
        """Ask for an admin page with the right token."""
        return send(self.server.port, request(b"GET", f"{self.mount}{ADMIN}{path}".encode(), RIGHT)).body

    def stats(self) -> Any:
        """Give the numbers."""
        return json.loads(self.owner("/stats"))


@pytest.fixture(scope="module", params=COMMANDS)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """Every mounted app on its servers."""
    command = COMMANDS[request.param]
    pytest.importorskip(command[0], reason=f"pip install {command[0]}")
    mount = "" if request.param in STRIPPED else MOUNT
    with serving(*command) as server:
        yield Served(server, mount)


def test_the_owner_gets_in(served: Served) -> None:
    """The mounted page has the numbers, and is itself not counted; the app's own page is the app's own."""
    before = served.stats()["total_requests"]
    assert json.loads(served.owner("/health"))["status"] == "healthy"
    assert b"<!doctype html>" in served.owner("/")
    assert served.stats()["total_requests"] == before
    reply = send(served.server.port, request(b"GET", f"{served.mount}/projects/7".encode()))
    assert OWN_BODY in reply.body or "fastapi_router" in str(served.server.process.args)
    assert served.stats()["total_requests"] == before + 1


@pytest.mark.parametrize("kind", ["none", "wrong"])
def test_no_path_leads_past_the_gate(served: Served, kind: str) -> None:
    """Encoded slashes, dot segments, double slashes, case, parameters, absolute targets, in and out of the mount."""
    since = served.stats()["since"]
    for target in MOUNTED:
        for method in (b"GET", b"POST"):
            check(send(served.server.port, request(method, target.encode(), *HEADERS[kind])), (method, target))
    reset = f"{served.mount}{ADMIN}/reset".encode()
    check(send(served.server.port, request(b"POST", reset, *HEADERS[kind])), reset)
    assert served.stats()["since"] == since


@pytest.mark.parametrize("kind", [kind for kind in SPOOFED if kind not in ("right twice", "folded")])
def test_no_header_leads_past_the_gate(served: Served, kind: str) -> None:
    """Duplicates, overrides, forged mounts and origins, oversized headers: only one right credential is one."""
    for target in (f"{served.mount}{ADMIN}/stats", f"{served.mount}{ADMIN}/", f"{ADMIN}/stats", "/stats", "/"):
        for method in (b"GET", b"POST"):
            reply = send(served.server.port, request(method, target.encode(), *SPOOFED[kind]))
            if b"Configuration problem" not in reply.body:  # gunicorn believes a local client, and then does not
                check(reply, (method, target, kind))


def test_the_owner_meets_no_failure(served: Served) -> None:
    """With the right credential no target is a 500 either, and nothing inside has failed."""
    for target in MOUNTED:
        check_whole(send(served.server.port, request(b"GET", target.encode(), RIGHT)), target)
    assert not [text for text in served.stats()["warnings"] if "failed" in text]


def test_what_came_is_inert(served: Served) -> None:
    """All those paths and queries are in the slow log now, as text."""
    for hostile in (b"/%3Cscript%3E/%1b[31m/%e2%80%ae/%ff?q=%3Cscript%3E", b"/<img>/\x1b?q=<script>&\x1b"):
        send(served.server.port, request(b"GET", served.mount.encode() + hostile))
    text = served.owner("/slow-queries")
    assert text.decode("ascii").isprintable()
    assert not re.search(b"[<>&]", text)
    entries = json.loads(text)["slow_queries"]
    assert any("/<script>/\x1b[31m/\u202e/" in entry["path"] and "?q=%3C" in entry["path"] for entry in entries)
    assert not any("q=" in entry["endpoint"] for entry in entries)
