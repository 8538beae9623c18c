"""OpenTelemetry's instrumentation of FastAPI."""

from __future__ import annotations

from typing import Any

from tests.conformance.peers.monitors import asgi_metrics, opentelemetry, peer


def watch_fastapi(app: Any) -> Any:
    """Set up a FastAPI app."""
    source = opentelemetry()
    peer("opentelemetry.instrumentation.fastapi", "FastAPIInstrumentor")().instrument_app(app)
    return asgi_metrics(app, source)
