"""starlette_exporter."""

from __future__ import annotations

from typing import Any

from tests.conformance.peers.monitors import asgi_metrics, peer


def watch_starlette(app: Any) -> Any:
    """Set up a Starlette app."""
    middleware = peer("starlette_exporter", "PrometheusMiddleware")
    app.add_middleware(middleware, group_paths=True, group_unhandled_paths=True, skip_paths=["/health", "/ping"])
    return asgi_metrics(app)
