"""One function for each path of the contract, and the table that says which path, method and parameters it answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from perftrack import report
from perftrack.admin import page
from perftrack.admin.answers import content_response, json_bytes, json_bytes_response, json_response, problem
from perftrack.admin.messages import AdminResponse
from perftrack.admin.query import Query
from perftrack.admin.route import READ, WRITE, Handler, Route
from perftrack.admin.source import Source
from perftrack.health import HealthPolicy
from perftrack.shapes import (
    CacheStats,
    EndpointDetail,
    Health,
    Reset,
    Series,
    SignedIn,
    SignedOut,
    SlowQueries,
    Stats,
)
from perftrack.snapshot import Snapshot

_SECRET: Mapping[str, object] = {
    "type": "object",
    "properties": {"token": {"type": "string"}, "code": {"type": "string"}},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}


def stats(source: Source, query: Query) -> AdminResponse:
    """Answer `/stats`."""
    snapshot = source.snapshot(query.scope)
    payload = report.stats(snapshot, query.sort, query.limit, query.endpoint)
    if query.workers:
        payload["worker_stats"] = report.worker_stats(snapshot)
    if "health" in query.include:
        payload["health"] = _health(source, snapshot)
    if "series" in query.include:
        payload["series"] = report.series(snapshot)
    if "slow" in query.include:
        payload["slow"] = _slow(source, snapshot, None)
    if "caches" in query.include:
        payload["caches"] = report.cache_stats(snapshot)
    return json_response(payload)


def endpoint(source: Source, query: Query) -> AdminResponse:
    """Answer `/endpoint`."""
    if query.name is None:
        return problem(400, "query parameter name is missing, allowed is the exact name of an endpoint")
    detail = report.endpoint(source.snapshot(), query.name)
    if detail is None:
        return problem(404, "no endpoint of this name has been seen; the names are the keys of endpoint_stats in stats")
    return json_response(detail)


def health(source: Source, query: Query) -> AdminResponse:
    """Answer `/health`."""
    verdict = _health(source, source.snapshot())
    down = query.strict and verdict["status"] == "unhealthy"
    return json_response(verdict, 503 if down else 200)


def slow_queries(source: Source, query: Query) -> AdminResponse:
    """Answer `/slow-queries`."""
    return json_response(_slow(source, source.snapshot(), query.limit))


def series(source: Source, query: Query) -> AdminResponse:
    """Answer `/series`."""
    return json_response(report.series(source.snapshot()))


def cache_stats(source: Source, query: Query) -> AdminResponse:
    """Answer `/cache/stats`."""
    return json_response(report.cache_stats(source.snapshot()))


def reset(source: Source, query: Query) -> AdminResponse:
    """Answer `/reset`."""
    return json_response(source.reset())


def sign_in(source: Source, query: Query) -> AdminResponse:
    """Answer `/sign-in` and `/sign-out` where no token is configured; elsewhere `SignIn` answers."""
    return problem(404, "nobody signs in here: the application decides by itself who may see these pages")


def openapi(source: Source, query: Query) -> AdminResponse:
    """Answer `/openapi.json`."""
    return json_bytes_response(_contract())


def dashboard(source: Source, query: Query, *, viewer: bool = False, signed_in: bool = False) -> AdminResponse:
    """Answer `/`; what it offers depends on who asks."""
    return content_response(200, "text/html; charset=utf-8", page.render(viewer=viewer, signed_in=signed_in))


def asset(name: str) -> Handler:
    """Return the handler of one file of the page."""

    def answer(source: Source, query: Query) -> AdminResponse:
        return content_response(200, page.ASSETS[name], page.asset(name))

    return answer


@cache
def _contract() -> bytes:
    from perftrack.admin.openapi import document  # noqa: PLC0415 - it makes the schemas, which few ever read

    return json_bytes(document(ROUTES))


def _health(source: Source, snapshot: Snapshot) -> Health:
    return report.health(snapshot, HealthPolicy.of(source.settings))


def _slow(source: Source, snapshot: Snapshot, limit: int | None) -> SlowQueries:
    return {
        "slow_queries": report.slow_queries(snapshot, limit),
        "slow_queries_count": sum(row.slow for row in snapshot.endpoints.values()),
        "slow_query_threshold": source.slow_query_threshold,
        "timestamp": report.moment(snapshot.wall),
    }


ROUTES: Mapping[str, Route] = {
    "/stats": Route(
        READ,
        stats,
        "All numbers, in total and by endpoint.",
        Stats,
        ("sort", "limit", "endpoint", "include", "scope", "workers"),
    ),
    "/endpoint": Route(
        READ,
        endpoint,
        "One endpoint: its row, its distribution, its slow requests.",
        EndpointDetail,
        ("name",),
        {404: "No endpoint has this name."},
    ),
    "/health": Route(
        READ, health, "Status and reasons.", Health, ("strict",), {503: "With `strict=1`: the status is unhealthy."}
    ),
    "/slow-queries": Route(READ, slow_queries, "The slow requests, newest first.", SlowQueries, ("limit",)),
    "/reset": Route(WRITE, reset, "Starts all counts from zero.", Reset),
    "/sign-in": Route(
        WRITE,
        sign_in,
        "Signs a browser in, with a token or a one-time code; the session is in a cookie.",
        SignedIn,
        None,
        {
            303: "A form was accepted: on to the page.",
            400: "The body brings neither a token nor a code, or both.",
            401: "The token or the code is not valid.",
            404: "The application decides access by itself, without tokens.",
            413: "The body is too large.",
            415: "The body is neither JSON nor a form.",
        },
        body=_SECRET,
    ),
    "/sign-out": Route(
        WRITE,
        sign_in,
        "Signs a browser out.",
        SignedOut,
        None,
        {303: "A form was accepted: on to the page.", 404: "The application decides access by itself, without tokens."},
    ),
    "/series": Route(READ, series, "The last hour by ten seconds.", Series),
    "/cache/stats": Route(READ, cache_stats, "Caches registered with the tracker.", CacheStats),
    "/openapi.json": Route(READ, openapi, "This document.", "application/json"),
    "/": Route(READ, dashboard, "The dashboard, a page for people.", "text/html", None),
    **{
        f"/assets/{name}": Route(READ, asset(name), "A file of the page.", media_type.split(";")[0], None, open=True)
        for name, media_type in page.ASSETS.items()
    },
}
