"""FastAPI: the admin router, its dependencies, and what the OpenAPI page shows."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException

from perftrack import AllowAll, PerformanceTracker
from perftrack.admin.handlers import ROUTES
from perftrack.shapes import Stats
from perftrack_fastapi import PerformanceMiddleware, PerfTrack, admin_router
from tests.adapters.native_support import ADMIN, BEARER, TOKEN, answered, asked, rows

SAME_ORIGIN = {"Origin": "http://test"}


def require_admin(x_role: Annotated[str | None, Header()] = None) -> None:
    """Let administrators pass."""
    if x_role is None:
        raise HTTPException(401, "who are you?")
    if x_role != "admin":
        raise HTTPException(403, "not you")


def with_router(**options: Any) -> FastAPI:
    """Make an app with middleware and router, as two pieces."""
    tracker = PerformanceTracker()
    app = FastAPI()
    app.add_middleware(PerformanceMiddleware, tracker=tracker)
    app.include_router(admin_router(tracker, **options))
    return app


def with_extension(**options: Any) -> FastAPI:
    """Make an app with the extension."""
    app = FastAPI()
    PerfTrack(app, tracker=PerformanceTracker(), **options)
    return app


@pytest.mark.parametrize("make", [with_router, with_extension])
@pytest.mark.parametrize("path", ["", "/", "/stats", "/nothing", "/assets/page.css"])
def test_dependencies_decide(make: Any, path: str) -> None:
    """A dependency stands before every admin path, known or not; whom it lets pass sees them."""
    app = make(dependencies=[Depends(require_admin)])
    answers = [answered(app, f"GET {ADMIN}{path}", headers=role) for role in ({}, {"X-Role": "guest"})]
    assert [(each.status_code, each.json()["detail"]) for each in answers] == [(401, "who are you?"), (403, "not you")]
    expected = {"": 308, "/nothing": 404}.get(path, 200)
    assert answered(app, f"GET {ADMIN}{path}", headers={"X-Role": "admin"}).status_code == expected


@pytest.mark.parametrize("make", [with_router, with_extension])
def test_dependencies_and_access(make: Any) -> None:
    """With both, both must let pass."""
    app = make(dependencies=[Depends(require_admin)], access=TOKEN)
    roles: list[dict[str, str]] = [{"X-Role": "admin"}, BEARER, {"X-Role": "admin", **BEARER}]
    assert [answered(app, f"GET {ADMIN}/stats", headers=role).status_code for role in roles] == [401, 401, 200]


def test_router_without_access(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without dependencies and access the router is as closed as all admin pages."""
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)
    assert answered(with_router(), f"GET {ADMIN}/stats").status_code == 403


@pytest.mark.parametrize("make", [with_router, with_extension])
def test_every_page(make: Any) -> None:
    """All pages of the contract are there, with the core's statuses and headers."""
    app = make(access=AllowAll())
    answers = asked(app, f"GET {ADMIN}/stats", f"PUT {ADMIN}/stats", f"HEAD {ADMIN}/", f"GET {ADMIN}/nothing")
    assert [each.status_code for each in answers] == [200, 405, 200, 404]
    assert [each.headers["cache-control"] for each in answers] == ["no-store"] * 4
    assert answers[0].headers["x-data-source"] == "backend-real"
    assert answers[1].headers["allow"] == "GET, HEAD, OPTIONS"
    assert answers[1].headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("make", [with_router, with_extension])
def test_invented_method(make: Any) -> None:
    """A method that nobody knows is answered like any other that does not fit."""
    assert answered(make(access=AllowAll()), f"BREW {ADMIN}/stats").status_code == 405


@pytest.mark.parametrize("make", [with_router, with_extension])
def test_reset(make: Any) -> None:
    """A POST must come from the same origin, whatever the access."""
    app = make(access=AllowAll())
    assert answered(app, f"POST {ADMIN}/reset").status_code == 403
    assert answered(app, f"POST {ADMIN}/reset", headers=SAME_ORIGIN).json()["status"] == "reset"


@pytest.mark.parametrize("make", [with_router, with_extension])
def test_openapi(make: Any) -> None:
    """The OpenAPI page shows all answers of JSON with typed models, descriptions and parameters."""
    document = make(access=AllowAll()).openapi()
    shown = {path.removeprefix(ADMIN): operations for path, operations in document["paths"].items()}
    assert shown.keys() == {path for path, route in ROUTES.items() if isinstance(route.answer, type)}
    assert shown["/reset"].keys() == {"post"}
    stats = shown["/stats"]["get"]
    names = [each["name"] for each in stats["parameters"]]
    assert names == ["sort", "limit", "endpoint", "include", "scope", "workers"]
    [content] = stats["responses"]["200"]["content"].values()
    assert content["schema"] == {"$ref": "#/components/schemas/Stats"}
    model = document["components"]["schemas"]["Stats"]
    assert model["properties"]["endpoint_stats"]["additionalProperties"] == {
        "$ref": "#/components/schemas/EndpointStats"
    }
    assert {"total_requests", "duration"} <= set(model["required"])
    assert "health" not in model["required"]


def test_openapi_describes() -> None:
    """Models and fields keep the descriptions of the core's shapes."""
    model = with_router(access=AllowAll()).openapi()["components"]["schemas"]["Stats"]
    assert model["description"] == Stats.__doc__
    assert [name for name, field in model["properties"].items() if field.get("description")]


@pytest.mark.parametrize("make", [with_router, with_extension])
def test_openapi_switched_off(make: Any) -> None:
    """The pages can be kept out of the OpenAPI document; they are served all the same."""
    app = make(access=AllowAll(), include_in_schema=False)
    assert app.openapi()["paths"] == {}
    assert answered(app, f"GET {ADMIN}/stats").status_code == 200


def test_router_in_a_router() -> None:
    """The admin router can be included below the app's own prefix; it needs no prefix of its own then."""
    tracker, app, internal = PerformanceTracker(), FastAPI(), APIRouter(prefix="/internal")
    internal.include_router(admin_router(tracker, access=AllowAll(), admin_prefix="/perf"))
    app.include_router(internal)
    assert answered(app, "GET /internal/perf/stats").status_code == 200
    assert answered(app, "GET /internal/perf/nothing").status_code == 404


def test_admin_requests_counted() -> None:
    """With `track_admin` the pages are counted, by names that nobody can invent."""
    tracker = PerformanceTracker(track_admin=True)
    app = FastAPI()
    PerfTrack(app, tracker=tracker, dependencies=[Depends(require_admin)])
    asked(app, f"GET {ADMIN}/stats", f"GET {ADMIN}/nothing", headers={"X-Role": "admin"})
    assert rows(tracker) == {f"GET {ADMIN}/stats": {"200": 1}, "GET <unmatched>": {"404": 1}}
