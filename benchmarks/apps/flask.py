"""A Flask app, bare and with what measures it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import Flask, jsonify

from benchmarks.apps.telemetry import meter_provider
from benchmarks.apps.wsgi import Served, Wrapper
from perftrack import PerformanceTracker
from perftrack_flask import PerfTrack

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

__all__ = ["PEERS", "Served", "bare", "measured", "wrapped"]


def bare() -> Flask:
    """Make the app."""
    app = Flask("benchmark")

    @app.get("/projects/<int:number>")
    def project(number: int) -> ResponseReturnValue:
        return jsonify(id=number, name="apple")

    return app


def wrapped() -> Flask:
    """Put the wrapper that does nothing around it."""
    app = bare()
    app.wsgi_app = Wrapper(app.wsgi_app)  # type: ignore[method-assign] # Flask's documented place for middleware
    return app


def measured(tracker: PerformanceTracker) -> Flask:
    """Put perftrack around it."""
    app = bare()
    PerfTrack(app, tracker=tracker)
    return app


def _flask_exporter() -> Flask:
    app = bare()
    registry = import_module("prometheus_client").CollectorRegistry()
    import_module("prometheus_flask_exporter").PrometheusMetrics(app, group_by="url_rule", registry=registry)
    return app


def _telemetry() -> Flask:
    app = bare()
    instrumentor = import_module("opentelemetry.instrumentation.flask").FlaskInstrumentor
    instrumentor().instrument_app(app, meter_provider=meter_provider())
    return app


PEERS: dict[str, Callable[[], Any]] = {"prometheus-flask-exporter": _flask_exporter, "OpenTelemetry": _telemetry}
"""Name -> what makes the app with it; an ImportError says that it is not installed."""
