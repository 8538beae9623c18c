"""WSGI: which row a request goes to, which are not counted, and where the admin pages are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from perftrack_wsgi import PerformanceMiddleware
from tests.adapters.wsgi_support import TEXT, Server, Wrapped, gives

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

APP = b"from the app"
UUID = "0b9e6a3c-9c3e-4b5e-8f0a-2d6c1e7f9a10"


def wrapped_app(**arguments: Any) -> Wrapped:
    """Wrap an app that answers everything."""
    return Wrapped(gives([APP]), **arguments)


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/items/7", "GET /items/{id}"),
        (f"/users/{UUID}/edit", "GET /users/{id}/edit"),
        ("/", "GET /"),
        ("", "GET /"),
        ("/gr\xc3\xbc\xc3\x9fe", "GET /grüße"),
        ("/broken/\xff\xfe", "GET /broken/��"),
        ("/not-latin/€", "GET /not-latin/?"),
    ],
)
def test_path(path: str, row: str) -> None:
    """The row is the path, read as UTF-8 where it can be, its ids folded; no path is the root."""
    wrapped = wrapped_app()
    assert Server().serve(wrapped.app, path=path) == APP
    wrapped.row(row)


def test_script_name_is_the_servers_business() -> None:
    """The mount point is in SCRIPT_NAME, not in the path, and changes no row and no admin page."""
    wrapped = wrapped_app()
    Server().serve(wrapped.app, path="/items", SCRIPT_NAME="/api")
    wrapped.row("GET /items")
    assert b"total_requests" in Server().serve(wrapped.app, path="/admin/performance/stats", SCRIPT_NAME="/api")


def test_path_info_may_be_absent() -> None:
    """PATH_INFO may be missing altogether; the app gets the environ as it is."""
    seen: list[WSGIEnvironment] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(environ)
        start_response("200 OK", [TEXT])
        return [APP]

    wrapped = Wrapped(app)
    environ = {"REQUEST_METHOD": "GET"}
    assert list(wrapped.app(environ, Server().start_response)) == [APP]
    assert seen[0] is environ
    assert environ == {"REQUEST_METHOD": "GET"}
    wrapped.row("GET /")


def test_label() -> None:
    """A callable may read the route from the environ as it is after the call; None means that there was none."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/lost":
            environ["route"] = "/things/{name}"
        start_response("200 OK", [TEXT])
        return [APP]

    def label(environ: Mapping[str, Any]) -> str | None:
        return environ.get("route")

    wrapped = Wrapped(app, label=label)
    for path in ("/things/a", "/things/b", "/lost"):
        wrapped.ask(path=path)
    assert _counts(wrapped) == {"GET /things/{name}": 2, "GET <unmatched>": 1}


def test_unknown_paths_share_a_row() -> None:
    """Paths first seen with a 404 go to one row."""
    wrapped = Wrapped(gives([APP], "404 Not Found", TEXT))
    for path in ("/a", "/b.php", "/c"):
        wrapped.ask(path=path)
    assert _counts(wrapped) == {"GET <unmatched>": 3}


def test_invented_methods_share_a_row() -> None:
    """Methods that nobody knows, and known ones in small letters, are `OTHER`."""
    wrapped = wrapped_app()
    for method in ("BREW", "PROPFIND", "get", ""):
        Server().serve(wrapped.app, method)
    assert _counts(wrapped) == {"OTHER /": 4}


def test_head_has_its_own_row() -> None:
    """A HEAD request is a row of its own."""
    wrapped = Wrapped(gives([]))
    wrapped.ask("HEAD")
    assert wrapped.outcome("HEAD /") == ("ok", "200")


@pytest.mark.parametrize("path", ["/health", "/ping", "/favicon.ico"])
def test_skipped_by_default(path: str) -> None:
    """Probes are served and not counted."""
    wrapped = wrapped_app()
    assert wrapped.ask(path=path).data == APP
    assert wrapped.stats()["total_requests"] == 0


def test_skipped_body_is_the_apps_own() -> None:
    """What is not counted is not wrapped either."""
    body = [APP]
    assert Server().ask(Wrapped(gives(body)).app, path="/health") is body


def test_admin_pages() -> None:
    """The admin pages obey PEP 3333, have a status line, know their query and methods, and are not counted."""
    wrapped = wrapped_app()
    wrapped.ask()
    answer = wrapped.ask(path="/admin/performance/stats")
    assert answer.status == "200 OK"
    assert json.loads(answer.data)["total_requests"] == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert wrapped.ask(path="/admin/performance/stats", query_string="limit=0").status == "400 Bad Request"
    assert wrapped.ask("DELETE", "/admin/performance/stats").status == "405 Method Not Allowed"
    assert wrapped.ask("POST", "/admin/performance/reset").status == "403 Forbidden"
    assert wrapped.row()["total_requests"] == 1


def test_admin_head_and_options() -> None:
    """HEAD gives the headers without the body, OPTIONS the methods."""
    wrapped = wrapped_app()
    head = wrapped.ask("HEAD", "/admin/performance/openapi.json")
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    server = Server()
    assert server.serve(wrapped.app, "OPTIONS", "/admin/performance/reset") == b""
    assert server.statuses == ["204 No Content"]
    assert dict(server.headers)["Allow"] == "POST, OPTIONS"


def test_admin_headers() -> None:
    """Request headers reach the admin pages: with the token they open."""
    token = "sixteen-or-more-characters"
    wrapped = wrapped_app(access=token)
    assert wrapped.ask(path="/admin/performance/stats").status_code == 401
    headers = {"Authorization": f"Bearer {token}"}
    assert wrapped.ask(path="/admin/performance/stats", headers=headers).status_code == 200
    assert wrapped.ask("POST", "/admin/performance/reset", headers=headers).status_code == 200


def test_closed_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without access configured the pages answer 403."""
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)
    assert wrapped_app(access=None).ask(path="/admin/performance/stats").status_code == 403


def test_only_the_prefix_is_ours() -> None:
    """A path that only starts like the prefix is the app's; `admin_prefix` moves the pages."""
    wrapped = wrapped_app(admin_prefix="/perf")
    assert wrapped.ask(path="/perf/health").status_code == 200
    assert wrapped.ask(path="/performance").data == APP
    assert wrapped.ask(path="/admin/performance/stats").data == APP
    assert _counts(wrapped) == {"GET /performance": 1, "GET /admin/performance/stats": 1}


def test_track_admin() -> None:
    """`track_admin` counts the admin pages too; what is no page of them shares a row."""
    wrapped = wrapped_app(track_admin=True)
    for rest in ("/stats", "/stats", "/nothing/1", "/nothing/2"):
        wrapped.ask(path=f"/admin/performance{rest}")
    assert _counts(wrapped) == {"GET /admin/performance/stats": 2, "GET <unmatched>": 2}


def test_two_apps_two_trackers() -> None:
    """Apps with trackers of their own count apart; wrapped twice with one, a request counts at each wrapping."""
    one, two = wrapped_app(), wrapped_app()
    one.ask()
    one.ask()
    two.ask()
    assert (_counts(one), _counts(two)) == ({"GET /": 2}, {"GET /": 1})
    tracker = PerformanceTracker()
    nested = PerformanceMiddleware(PerformanceMiddleware(gives([APP]), tracker), tracker, access=AllowAll())
    assert Server().serve(nested) == APP
    assert tracker.stats()["total_requests"] == 2


def _counts(wrapped: Wrapped) -> dict[str, int]:
    return {name: row["total_requests"] for name, row in wrapped.stats()["endpoint_stats"].items()}
