"""Starlette: which row a request goes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Host, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from perftrack import PerformanceTracker
from perftrack_fastapi import PerfTrack
from tests.adapters.native_support import asked, rows


async def hello(request: Request) -> Response:
    """Answer."""
    return PlainTextResponse("hello")


class Hello(HTTPEndpoint):
    """A view as a class."""

    async def get(self, request: Request) -> Response:
        """Answer."""
        return PlainTextResponse("hello")


class EvenConvertor(Convertor[int]):
    """Numbers of an app's own making: every text has many spellings, and the value is another."""

    regex = "[0-9]+"

    def convert(self, value: str) -> int:
        """Read."""
        return int(value) * 2

    def to_string(self, value: int) -> str:
        """Write."""
        return str(value // 2)


def counted(routes: list[BaseRoute], *requests: str, **more: Any) -> dict[str, dict[str, int]]:
    """Give the rows that *requests* make in an app of *routes*."""
    tracker = PerformanceTracker()
    app = Starlette(routes=routes)
    PerfTrack(app, tracker=tracker)
    asked(app, *requests, **more)
    return rows(tracker)


@pytest.mark.parametrize(
    ("path", "request_path", "row"),
    [
        ("/", "/", "/"),
        ("/items", "/items", "/items"),
        ("/items/{id}", "/items/7", "/items/{id}"),
        ("/items/{id:int}", "/items/7", "/items/{id}"),
        ("/items/{id:int}", "/items/007", "/items/{id}"),
        ("/price/{price:float}", "/price/1.50", "/price/{price}"),
        ("/u/{id:uuid}", "/u/0b9e6a3c-9c3e-4b5e-8f0a-2d6c1e7f9a10", "/u/{id}"),
        ("/files/{name:path}", "/files/a/b/c.txt", "/files/{name}"),
        ("/files/{name:path}/raw", "/files/a/b/raw", "/files/{name}/raw"),
        ("/a/{x}/b/{y}", "/a/1/b/1", "/a/{x}/b/{y}"),
        ("/items/{name}", "/items/items", "/items/{name}"),
        ("/items/{name}", "/items/grüße", "/items/{name}"),
    ],
)
def test_route(path: str, request_path: str, row: str) -> None:
    """The row is the route's template, whatever converters it has and however a value is written."""
    assert counted([Route(path, hello)], f"GET {request_path}") == {f"GET {row}": {"200": 1}}


def test_class_view() -> None:
    """A view may be a class."""
    assert counted([Route("/hello/{name}", Hello)], "GET /hello/a") == {"GET /hello/{name}": {"200": 1}}


def test_values_that_mislead() -> None:
    """A value that reads like another segment, or that a converter has changed, makes no row of its own."""
    pytest.importorskip("starlette", minversion="1.0", reason="tells the chosen route only since 1.0")
    register_url_convertor("even", EvenConvertor())
    routes: list[BaseRoute] = [Route("/a/{x}/b/{y}", hello), Route("/even/{n:even}", hello)]
    assert counted(routes, "GET /a/b/b/a", "GET /a/1/b/2", "GET /even/1", "GET /even/2") == {
        "GET /a/{x}/b/{y}": {"200": 2},
        "GET /even/{n}": {"200": 2},
    }


def test_not_found() -> None:
    """Whatever no route matches shares one row for each method, redirects to the path with a slash too."""
    requests = ("GET /nope", "GET /nope/2", "POST /nope", "GET /items/")
    assert counted([Route("/items", hello)], *requests) == {
        "GET <unmatched>": {"404": 2, "307": 1},
        "POST <unmatched>": {"404": 1},
    }


def test_method_not_allowed() -> None:
    """A 405 keeps its route."""
    assert counted([Route("/items/{id}", hello)], "DELETE /items/7") == {"DELETE /items/{id}": {"405": 1}}


def test_mounts() -> None:
    """The prefixes of mounts are joined, also nested ones and ones with parameters."""
    inner: list[BaseRoute] = [Route("/y/{b}", hello)]
    routes: list[BaseRoute] = [
        Mount("/deep", routes=[Mount("/deeper", routes=inner)]),
        Mount("/tenants/{tenant}", app=Router(routes=inner)),
        Mount("/numbers/{n:int}", app=Starlette(routes=inner)),
    ]
    requests = ("GET /deep/deeper/y/1", "GET /tenants/acme/y/2", "GET /tenants/tenants/y/2", "GET /numbers/007/y/3")
    assert counted(routes, *requests) == {
        "GET /deep/deeper/y/{b}": {"200": 1},
        "GET /tenants/{tenant}/y/{b}": {"200": 2},
        "GET /numbers/{n}/y/{b}": {"200": 1},
    }


def test_mount_without_the_route() -> None:
    """Where a mounted app has routes and none matches, nothing was found."""
    routes: list[BaseRoute] = [Mount("/sub", app=Starlette(routes=[Route("/here", hello)]))]
    assert counted(routes, "GET /sub/nope") == {"GET <unmatched>": {"404": 1}}


def test_mount_with_middleware() -> None:
    """Middleware of a mount changes nothing."""

    async def passing(request: Request, call_next: RequestResponseEndpoint) -> Response:
        return await call_next(request)

    if "middleware" not in Mount.__init__.__annotations__:
        pytest.skip("this Starlette has no middleware of mounts")
    around = [Middleware(BaseHTTPMiddleware, dispatch=passing)]
    routes: list[BaseRoute] = [Mount("/sub", routes=[Route("/x/{a}", hello)], middleware=around)]
    assert counted(routes, "GET /sub/x/1") == {"GET /sub/x/{a}": {"200": 1}}


def test_static_files(tmp_path: Path) -> None:
    """An app that tells no routes has one row below its mount point."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    routes: list[BaseRoute] = [Mount("/static", app=StaticFiles(directory=tmp_path))]
    assert counted(routes, "GET /static/a.txt", "GET /static/b.txt", "GET /static/no.txt") == {
        "GET /static/{path}": {"200": 2, "404": 1}
    }


def test_host() -> None:
    """Routes of a host are routes like others."""
    routes: list[BaseRoute] = [Host("{sub}.test", app=Router([Route("/x/{a}", hello)]), name="host")]
    rows_ = counted(routes, "GET /x/1", headers={"Host": "api.test"})
    assert rows_ == {"GET /x/{a}": {"200": 1}}


def test_root_path_in_the_path() -> None:
    """The server's `root_path` is no part of the row, also where the path still has it."""
    pytest.importorskip("starlette", minversion="0.35", reason="knows no paths that still have the root_path")
    routes: list[BaseRoute] = [Mount("/sub", routes=[Route("/x/{a}", hello)]), Route("/{b}", hello)]
    assert counted(routes, "GET /api/sub/x/1", "GET /api/api", root_path="/api") == {
        "GET /sub/x/{a}": {"200": 1},
        "GET /{b}": {"200": 1},
    }


def test_root_path_stripped() -> None:
    """The server's `root_path` is no part of the row where a proxy has stripped it."""
    assert counted([Route("/x/{a}", hello)], "GET /x/1", root_path="/api") == {"GET /x/{a}": {"200": 1}}


def test_methods() -> None:
    """HEAD has a row of its own, and invented methods share one."""
    routes: list[BaseRoute] = [Route("/x", hello, methods=["GET", "BREW", "BAKE"])]
    assert counted(routes, "GET /x", "HEAD /x", "BREW /x", "BAKE /x") == {
        "GET /x": {"200": 1},
        "HEAD /x": {"200": 1},
        "OTHER /x": {"200": 2},
    }
