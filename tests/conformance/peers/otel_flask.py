"""OpenTelemetry's instrumentation of Flask."""

from __future__ import annotations

from typing import Any

from tests.conformance.peers.monitors import opentelemetry, peer, wsgi_metrics


def watch_flask(app: Any) -> Any:
    """Set up a Flask app."""
    source = opentelemetry()
    peer("opentelemetry.instrumentation.flask", "FlaskInstrumentor")().instrument_app(app)
    return wsgi_metrics(app, source)
