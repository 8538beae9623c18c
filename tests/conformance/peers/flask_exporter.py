"""prometheus-flask-exporter."""

from __future__ import annotations

from typing import Any

from tests.conformance.peers.monitors import peer, wsgi_metrics


def watch_flask(app: Any) -> Any:
    """Set up a Flask app."""
    metrics = peer("prometheus_flask_exporter", "PrometheusMetrics")
    registry = peer("prometheus_client", "REGISTRY")
    metrics(app, path=None, group_by="url_rule", excluded_paths=["/health", "/ping"], registry=registry)
    return wsgi_metrics(app)
