"""A FastAPI app, bare and with what measures it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from benchmarks.apps.asgi import Served, Wrapper
from benchmarks.apps.telemetry import meter_provider
from perftrack import PerformanceTracker
from perftrack_fastapi import PerfTrack

__all__ = ["PEERS", "Served", "bare", "measured", "wrapped"]


def bare() -> FastAPI:
    """Make the app."""
    app = FastAPI()

    @app.get("/projects/{number}")
    async def read(number: int) -> dict[str, Any]:
        return {"id": number, "name": "apple"}

    return app


def wrapped() -> Wrapper:
    """Put the wrapper that does nothing around it."""
    return Wrapper(bare())


def measured(tracker: PerformanceTracker) -> FastAPI:
    """Put perftrack around it."""
    app = bare()
    PerfTrack(app, tracker=tracker)
    return app


def _instrumentator() -> Any:
    app = bare()
    import_module("prometheus_fastapi_instrumentator").Instrumentator().instrument(app)
    return app


def _starlette_exporter() -> Any:
    app = bare()
    app.add_middleware(import_module("starlette_exporter").PrometheusMiddleware, group_paths=True)
    return app


def _telemetry() -> Any:
    app = bare()
    instrumentor = import_module("opentelemetry.instrumentation.fastapi").FastAPIInstrumentor
    instrumentor.instrument_app(app, meter_provider=meter_provider())
    return app


PEERS: dict[str, Callable[[], Any]] = {
    "prometheus-fastapi-instrumentator": _instrumentator,
    "starlette_exporter": _starlette_exporter,
    "OpenTelemetry": _telemetry,
}
"""Name -> what makes the app with it; an ImportError says that it is not installed."""
