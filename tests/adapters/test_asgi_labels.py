"""ASGI: which row a request goes to, which are not counted, and where the admin pages are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from perftrack_asgi.types import Receive, Scope, Send
from tests.adapters.asgi_support import WALL, Wrapped, body, sends, start

OK = sends(start(), body(b"from the app"))
UUID = "0b9e6a3c-9c3e-4b5e-8f0a-2d6c1e7f9a10"


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/items/7", "GET /items/{id}"),
        (f"/users/{UUID}/edit", "GET /users/{id}/edit"),
        ("/blobs/0123456789abcdef", "GET /blobs/{id}"),
        ("/v2/items", "GET /v2/items"),
        ("/grüße", "GET /grüße"),
        ("/", "GET /"),
    ],
)
def test_path_with_ids_folded(path: str, row: str) -> None:
    """Without a router the row is the path, its ids folded."""
    wrapped = Wrapped(OK)
    wrapped.ask(path=path)
    wrapped.row(row)


@pytest.mark.parametrize(
    ("root_path", "path", "row"),
    [
        ("/api", "/api/items", "GET /items"),
        ("/api", "/items", "GET /items"),
        ("/api", "/api", "GET /"),
        ("/api", "/apiary", "GET /apiary"),
        ("", "/items", "GET /items"),
    ],
)
def test_root_path(root_path: str, path: str, row: str) -> None:
    """Servers that leave `root_path` in the path and those that strip it give the same row."""
    wrapped = Wrapped(OK)
    wrapped.ask(path=path, root_path=root_path)
    wrapped.row(row)


def test_label() -> None:
    """A callable may read the route from the scope as it is after the call; None means that there was none."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/lost":
            scope["route"] = "/things/{name}"
        await OK(scope, receive, send)

    def label(scope: Mapping[str, Any]) -> str | None:
        return scope.get("route")

    wrapped = Wrapped(app, label=label)
    for path in ("/things/a", "/things/b", "/lost"):
        wrapped.ask(path=path)
    rows = wrapped.stats()["endpoint_stats"]
    assert {name: row["total_requests"] for name, row in rows.items()} == {
        "GET /things/{name}": 2,
        "GET <unmatched>": 1,
    }


def test_unknown_paths_share_a_row() -> None:
    """Paths first seen with a 404 go to one row; a known path that answers 404 keeps its own."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await sends(start(404 if lost or scope["path"] != "/here" else 200), body())(scope, receive, send)

    lost = False
    wrapped = Wrapped(app)
    for path in ("/a", "/b.php", "/c", "/here"):
        wrapped.ask(path=path)
    lost = True
    wrapped.ask(path="/here")
    rows = wrapped.stats()["endpoint_stats"]
    assert {name: row["status"] for name, row in rows.items()} == {
        "GET <unmatched>": {"404": 3},
        "GET /here": {"200": 1, "404": 1},
    }


def test_invented_methods_share_a_row() -> None:
    """Methods that nobody knows, and known ones in small letters, are `OTHER`."""
    wrapped = Wrapped(OK)
    for method in ("BREW", "PROPFIND", "get", "X" * 1000):
        wrapped.ask(method)
    assert wrapped.row("OTHER /")["total_requests"] == 4


def test_rows_are_bounded() -> None:
    """What comes after the last row shares one, and a warning says so."""
    wrapped = Wrapped(OK, max_endpoints=2)
    for path in ("/a", "/b", "/c", "/d"):
        wrapped.ask(path=path)
    stats = wrapped.tracker.stats()
    assert stats["endpoint_stats"]["OTHER <overflow>"]["total_requests"] == 2
    assert any("more than 2 endpoints" in warning for warning in stats["warnings"])


@pytest.mark.parametrize("path", ["/health", "/healthz", "/livez", "/readyz", "/ping", "/favicon.ico"])
def test_skipped_by_default(path: str) -> None:
    """Probes are served and not counted, below a mount point too."""
    wrapped = Wrapped(OK)
    assert wrapped.ask(path=path).body == b"from the app"
    assert wrapped.ask(path=f"/api{path}", root_path="/api").body == b"from the app"
    assert wrapped.stats()["total_requests"] == 0


def test_own_skip_list() -> None:
    """`skip` replaces the default."""
    wrapped = Wrapped(OK, skip=("/quiet",))
    wrapped.ask(path="/quiet")
    wrapped.ask(path="/health")
    wrapped.row("GET /health")


@pytest.mark.parametrize("root_path", ["", "/api"])
def test_admin_pages(root_path: str) -> None:
    """The admin pages are served below the prefix, under a mount point too, and are not counted."""
    wrapped = Wrapped(OK)
    wrapped.ask()
    answer = wrapped.ask(path=f"{root_path}/admin/performance/stats", root_path=root_path)
    assert answer.status == 200
    assert json.loads(answer.body)["total_requests"] == 1
    assert (b"cache-control", b"no-store") in answer.messages[0]["headers"]
    assert wrapped.row()["total_requests"] == 1


def test_admin_query_and_methods() -> None:
    """Query, method and headers reach the admin pages."""
    wrapped = Wrapped(OK)
    assert wrapped.ask(path="/admin/performance/stats", query_string=b"limit=0").status == 400
    assert wrapped.ask("DELETE", "/admin/performance/stats").status == 405
    assert wrapped.ask("POST", "/admin/performance/reset").status == 403
    headers = ((b"Sec-Fetch-Site", b"same-origin"),)
    assert wrapped.ask("POST", "/admin/performance/reset", headers=headers).status == 200
    head = wrapped.ask("HEAD", "/admin/performance/stats")
    assert (head.status, head.body) == (200, b"")


def test_only_the_prefix_is_ours() -> None:
    """A path that only starts like the prefix is the app's."""
    wrapped = Wrapped(OK)
    assert wrapped.ask(path="/admin/performance-review").body == b"from the app"
    wrapped.row("GET /admin/performance-review")


def test_own_prefix() -> None:
    """`admin_prefix` moves the pages; the default place is the app's then."""
    wrapped = Wrapped(OK, admin_prefix="/perf")
    assert wrapped.ask(path="/perf/health").status == 200
    assert wrapped.ask(path="/admin/performance/health").body == b"from the app"
    wrapped.row("GET /admin/performance/health")


def test_closed_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without access configured the pages answer 403."""
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)
    assert Wrapped(OK, access=None).ask(path="/admin/performance/stats").status == 403


def test_track_admin() -> None:
    """`track_admin` counts the admin pages too; what is no page of them shares a row."""
    wrapped = Wrapped(OK, track_admin=True)
    for rest in ("/stats", "/stats", "/nothing/1", "/nothing/2"):
        wrapped.ask(path=f"/admin/performance{rest}")
    rows = wrapped.stats()["endpoint_stats"]
    assert {name: row["total_requests"] for name, row in rows.items()} == {
        "GET /admin/performance/stats": 2,
        "GET <unmatched>": 2,
    }


@pytest.mark.parametrize(
    ("trusted", "header", "queue"),
    [
        (True, b"t=%.3f" % (WALL - 0.5), {"count": 1, "avg": 0.5, "max": 0.5}),
        (True, b"t=%.3f" % (WALL + 60), {"count": 1, "avg": 0.0, "max": 0.0}),
        (True, b"nonsense\xff", {"count": 0, "avg": None, "max": None}),
        (False, b"t=%.3f" % (WALL - 0.5), {"count": 0, "avg": None, "max": None}),
    ],
)
@pytest.mark.parametrize("name", [b"x-request-start", b"X-Queue-Start"])
def test_queue_header(name: bytes, trusted: bool, header: bytes, queue: dict[str, float]) -> None:
    """The proxy's header is read only where it is trusted, and never gives less than nothing."""
    wrapped = Wrapped(OK, trust_queue_header=trusted)
    wrapped.ask(headers=((b"host", b"x"), (name, header)))
    assert wrapped.stats()["queue"] == queue
