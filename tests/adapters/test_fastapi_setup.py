"""FastAPI and Starlette: how an app is set up, and with what settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

import perftrack_fastapi
from perftrack import AllowAll, PerformanceTracker, SettingError, get_tracker
from perftrack_fastapi import PerformanceMiddleware, PerfTrack, admin_router
from tests.adapters.native_support import ADMIN, BEARER, TOKEN, answered, asked, rows, run_python, started

App = FastAPI | Starlette
MAKERS: list[Callable[[], App]] = [FastAPI, Starlette]


async def hello(request: Request) -> Response:
    """Answer."""
    return PlainTextResponse("hello")


def tracked(**settings: Any) -> PerformanceTracker:
    """Make a tracker."""
    return PerformanceTracker(**settings)


@pytest.mark.parametrize("make", MAKERS)
def test_first_line_or_last(make: Callable[[], App]) -> None:
    """It does not matter whether the app is set up before or after its routes and its middleware."""
    for early in (True, False):
        app, perf = make(), PerfTrack(tracker=tracked(), access=AllowAll())
        if early:
            perf.init_app(app)
        app.add_middleware(BaseHTTPMiddleware, dispatch=_refusing)
        app.router.routes.append(Route("/x/{a}", hello))
        if not early:
            perf.init_app(app)
        assert [each.status_code for each in asked(app, "GET /x/1", "GET /refused")] == [200, 418]
        assert rows(perf.tracker) == {"GET /x/{a}": {"200": 1}, "GET <unmatched>": {"418": 1}}


async def _refusing(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Answer before any route is looked for."""
    return Response(status_code=418) if request.url.path == "/refused" else await call_next(request)


@pytest.mark.parametrize("make", MAKERS)
def test_admin_pages_of_the_first_line(make: Callable[[], App]) -> None:
    """One line gives the admin pages, which are not counted."""
    app = make()
    perf = PerfTrack(app, tracker=tracked(), access=TOKEN)
    assert [each.status_code for each in asked(app, f"GET {ADMIN}/stats")] == [401]
    assert answered(app, f"GET {ADMIN}/stats", headers=BEARER).json()["total_requests"] == 0
    assert answered(app, f"GET {ADMIN}", headers=BEARER).headers["location"] == "performance/"
    assert rows(perf.tracker) == {}


@pytest.mark.parametrize("make", MAKERS)
def test_closed_by_default(make: Callable[[], App], monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing configured, every admin path answers 403."""
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)
    app = make()
    PerfTrack(app, tracker=tracked())
    assert {each.status_code for each in asked(app, f"GET {ADMIN}/stats", f"POST {ADMIN}/reset")} == {403}


def test_factory() -> None:
    """One extension serves every app that a factory makes; they share its tracker."""
    perf = PerfTrack(tracker=tracked())
    for _ in range(2):
        app = Starlette(routes=[Route("/x/{a}", hello)])
        perf.init_app(app)
        asked(app, "GET /x/1")
        assert app.state.perftrack is perf.tracker
    assert rows(perf.tracker) == {"GET /x/{a}": {"200": 2}}


def test_several_apps() -> None:
    """Apps with trackers of their own do not mix, also below one another's mount points; names have the full path."""
    outer, inner = tracked(), tracked()
    sub = FastAPI(routes=[Route("/x/{a}", hello)])
    PerfTrack(sub, tracker=inner, access=AllowAll())
    app = FastAPI()
    PerfTrack(app, tracker=outer, access=AllowAll())
    app.mount("/sub", sub)
    asked(app, "GET /sub/x/1")
    assert rows(outer) == {"GET /sub/x/{a}": {"200": 1}}
    assert rows(inner) == {"GET /sub/x/{a}": {"200": 1}}
    assert answered(app, f"GET /sub{ADMIN}/stats").json()["endpoint_stats"].keys() == {"GET /sub/x/{a}"}


@pytest.mark.parametrize("make", MAKERS)
def test_twice(make: Callable[[], App]) -> None:
    """An app that is set up twice would count everything twice; it says so instead."""
    app, perf = make(), PerfTrack(tracker=tracked())
    perf.init_app(app)
    with pytest.raises(SettingError, match="already set up"):
        perf.init_app(app)


@pytest.mark.parametrize("make", MAKERS)
def test_after_the_start(make: Callable[[], App]) -> None:
    """An app that runs cannot be set up any more; it says so."""
    app = make()
    started(app)
    with pytest.raises(SettingError, match="has already started"):
        PerfTrack(app, tracker=tracked())


def test_default_tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a tracker the one that everybody gets is taken, made with the settings given."""
    monkeypatch.setattr("perftrack.trackers._trackers.by_name", {})
    perf = PerfTrack(FastAPI(), slow_query_threshold=0.25)
    assert perf.tracker is get_tracker()
    assert perf.tracker.slow_query_threshold == 0.25


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"slow_query_threshold": -1}, "slow_query_threshold is -1"),
        ({"slow_threshold": 1}, "unknown setting 'slow_threshold'"),
        ({"tracker": PerformanceTracker(), "errors": "server"}, "give errors to the tracker"),
        ({"access": "short"}, "5 characters are too few"),
    ],
)
def test_wrong_settings(arguments: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that is not allowed is refused when the app is made, in one line."""
    monkeypatch.setattr("perftrack.trackers._trackers.by_name", {})
    with pytest.raises(SettingError, match=message):
        PerfTrack(Starlette(), **arguments)


@pytest.mark.parametrize("prefix", ["/perf", "ops/perf/"])
def test_admin_prefix(prefix: str) -> None:
    """The admin pages can be elsewhere."""
    app = FastAPI()
    PerfTrack(app, tracker=tracked(), access=AllowAll(), admin_prefix=prefix)
    paths = [f"GET /{prefix.strip('/')}/stats", f"GET {ADMIN}/stats"]
    assert [each.status_code for each in asked(app, *paths)] == [200, 404]
    assert f"/{prefix.strip('/')}/stats" in app.openapi()["paths"]


def test_dependencies_need_fastapi() -> None:
    """Dependencies are FastAPI's; Starlette apps say so."""
    perf = PerfTrack(tracker=tracked(), dependencies=[perftrack_fastapi_depends()])
    with pytest.raises(SettingError, match="not for Starlette; use access="):
        perf.init_app(Starlette())


def perftrack_fastapi_depends() -> Any:
    """Make a dependency that lets everybody pass."""
    from fastapi import Depends

    return Depends(lambda: None)


def test_pieces() -> None:
    """Middleware and admin router can be added one by one, and the middleware in either order."""
    tracker = tracked()
    app = FastAPI(routes=[Route("/x/{a}", hello)])
    app.add_middleware(PerformanceMiddleware, tracker=tracker)
    app.include_router(admin_router(tracker, access=AllowAll()))
    asked(app, "GET /x/1")
    assert answered(app, f"GET {ADMIN}/stats").json()["endpoint_stats"].keys() == {"GET /x/{a}"}
    assert rows(tracker) == {"GET /x/{a}": {"200": 1}}


def test_names() -> None:
    """The package has its names and no others."""
    assert perftrack_fastapi.admin_router is admin_router
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = perftrack_fastapi.nothing


def test_starlette_without_fastapi() -> None:
    """An app of Starlette alone needs no FastAPI."""
    code = """
import sys
sys.modules["fastapi"] = None
from starlette.applications import Starlette
from perftrack_fastapi import PerfTrack
PerfTrack(Starlette())
"""
    assert run_python(code) == ""
