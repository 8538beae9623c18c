"""A Starlette app, bare and with what measures it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.apps.asgi import Served, Wrapper
from benchmarks.apps.telemetry import meter_provider
from perftrack import PerformanceTracker
from perftrack_fastapi import PerfTrack

__all__ = ["PEERS", "Served", "bare", "measured", "wrapped"]


async def _project(request: Request) -> JSONResponse:
    return JSONResponse({"id": request.path_params["number"], "name": "apple"})


def bare() -> Starlette:
    """Make the app."""
    return Starlette(routes=[Route("/projects/{number:int}", _project)])


def wrapped() -> Wrapper:
    """Put the wrapper that does nothing around it."""
    return Wrapper(bare())


def measured(tracker: PerformanceTracker) -> Starlette:
    """Put perftrack around it."""
    app = bare()
    PerfTrack(app, tracker=tracker)
    return app


def _starlette_exporter() -> Any:
    app = bare()
    app.add_middleware(import_module("starlette_exporter").PrometheusMiddleware)
    return app


def _telemetry() -> Any:
    app = bare()
    instrumentor = import_module("opentelemetry.instrumentation.starlette").StarletteInstrumentor
    instrumentor.instrument_app(app, meter_provider=meter_provider())
    return app


PEERS: dict[str, Callable[[], Any]] = {"starlette_exporter": _starlette_exporter, "OpenTelemetry": _telemetry}
"""Name -> what makes the app with it; an ImportError says that it is not installed."""
