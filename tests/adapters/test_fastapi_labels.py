"""FastAPI: which row a request goes to."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from perftrack import PerformanceTracker
from perftrack_fastapi import PerfTrack
from tests.adapters.native_support import asked, rows


async def plain(request: Request) -> Response:
    """Answer as Starlette's routes do."""
    return PlainTextResponse("plain")


def items() -> APIRouter:
    """Make a router with a parameter of each kind."""
    router = APIRouter(prefix="/items")

    @router.get("/{item_id}")
    async def one(item_id: int) -> int:
        return item_id

    @router.get("/{item_id}/files/{name:path}")
    def file(item_id: int, name: str) -> str:
        return name

    return router


def measured(app: FastAPI) -> PerformanceTracker:
    """Set up *app* with a tracker of its own."""
    tracker = PerformanceTracker()
    PerfTrack(app, tracker=tracker)
    return tracker


def test_included_routers() -> None:
    """The prefixes of included routers are joined, however deep, and a router may be included twice."""
    api, app = APIRouter(prefix="/v1"), FastAPI()
    api.include_router(items(), prefix="/deep")
    app.include_router(api, prefix="/api")
    app.include_router(items())
    tracker = measured(app)
    asked(app, "GET /api/v1/deep/items/7", "GET /items/8", "GET /items/9/files/a/b", "DELETE /api/v1/deep/items/7")
    assert rows(tracker) == {
        "GET /api/v1/deep/items/{item_id}": {"200": 1},
        "GET /items/{item_id}": {"200": 1},
        "GET /items/{item_id}/files/{name}": {"200": 1},
        "DELETE /api/v1/deep/items/{item_id}": {"405": 1},
    }


def test_prefix_with_a_parameter() -> None:
    """A prefix may have parameters."""
    app = FastAPI()
    app.include_router(items(), prefix="/tenants/{tenant}")
    tracker = measured(app)
    asked(app, "GET /tenants/a/items/1", "GET /tenants/b/items/2")
    assert rows(tracker) == {"GET /tenants/{tenant}/items/{item_id}": {"200": 2}}


def test_plain_routes() -> None:
    """Starlette's routes count in a FastAPI app, in an included router too."""
    router, app = APIRouter(), FastAPI(routes=[Route("/plain/{a:int}", plain)])
    router.add_route("/inner/{b}", plain)
    app.include_router(router, prefix="/api")
    tracker = measured(app)
    asked(app, "GET /plain/007", "GET /api/inner/x", "GET /docs")
    assert rows(tracker) == {
        "GET /plain/{a}": {"200": 1},
        "GET /api/inner/{b}": {"200": 1},
        "GET /docs": {"200": 1},
    }


def test_mounted_apps(tmp_path: Path) -> None:
    """Apps below a mount point have its prefix, whatever they are."""
    (tmp_path / "a.txt").write_text("a")
    app, sub = FastAPI(), FastAPI()
    sub.include_router(items(), prefix="/in")
    sub.add_route("/plain/{a}", plain)
    app.mount("/sub", sub)
    app.mount("/tenants/{tenant}", sub)
    app.mount("/static", StaticFiles(directory=tmp_path))
    tracker = measured(app)
    asked(app, "GET /sub/in/items/1", "GET /tenants/acme/in/items/2", "GET /sub/plain/1", "GET /static/a.txt")
    asked(app, "GET /sub/nope")
    assert rows(tracker) == {
        "GET /sub/in/items/{item_id}": {"200": 1},
        "GET /tenants/{tenant}/in/items/{item_id}": {"200": 1},
        "GET /sub/plain/{a}": {"200": 1},
        "GET /static/{path}": {"200": 1},
        "GET <unmatched>": {"404": 1},
    }


def test_mount_in_an_included_router() -> None:
    """A mount may stand in an included router."""
    router, app = APIRouter(routes=[Mount("/sub", routes=[Route("/x/{a}", plain)])]), FastAPI()
    app.include_router(router, prefix="/api")
    tracker = measured(app)
    [response] = asked(app, "GET /api/sub/x/1")
    if response.status_code == 404:
        pytest.skip("this FastAPI leaves mounts of included routers out")
    assert rows(tracker) == {"GET /api/sub/x/{a}": {"200": 1}}


def test_root_path() -> None:
    """The server's `root_path` is no part of the row."""
    app = FastAPI()
    app.include_router(items(), prefix="/api")
    tracker = measured(app)
    asked(app, "GET /api/items/1", "GET /nope", root_path="/proxy")
    assert rows(tracker) == {"GET /api/items/{item_id}": {"200": 1}, "GET <unmatched>": {"404": 1}}


def test_refused_values_keep_the_route() -> None:
    """A 422 and the app's own 404 belong to the route."""
    app = FastAPI()
    app.include_router(items())
    tracker = measured(app)
    asked(app, "GET /items/no-number", "GET /items/1", "GET /elsewhere")
    assert rows(tracker) == {"GET /items/{item_id}": {"422": 1, "200": 1}, "GET <unmatched>": {"404": 1}}
