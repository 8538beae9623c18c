"""Puts the peers into the apps as their documentation shows it, with the options that give the best numbers.

Whatever the peer, its numbers are read at /metrics, before the app.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

Source = Callable[[], bytes]
"""Gives the text of /metrics."""


def peer(module: str, name: str) -> Any:
    """Import *name* of a peer's *module*. The type checkers' environment has none of them."""
    return getattr(import_module(module), name)


def prometheus() -> bytes:
    """Give what the peer counted."""
    text: bytes = peer("prometheus_client", "generate_latest")()
    return text


def asgi_metrics(app: Any, source: Source = prometheus) -> Any:
    """Serve /metrics before an ASGI app."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") != "/metrics":
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": source()})

    return served


def wsgi_metrics(app: Any, source: Source = prometheus) -> Any:
    """Serve /metrics before a WSGI app."""

    def served(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/metrics":
            answer: Iterable[bytes] = app(environ, start_response)
            return answer
        start_response("200 OK", [])
        return [source()]

    return served


def opentelemetry() -> Source:
    """Set OpenTelemetry up, in its stable conventions, and give what reads it."""
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http"
    os.environ["OTEL_PYTHON_EXCLUDED_URLS"] = "health,ping"
    reader = peer("opentelemetry.sdk.metrics.export", "InMemoryMetricReader")()
    provider = peer("opentelemetry.sdk.metrics", "MeterProvider")([reader])
    peer("opentelemetry.metrics", "set_meter_provider")(provider)
    return lambda: "".join(_lines(reader.get_metrics_data())).encode()


def _lines(data: Any) -> Iterator[str]:
    """Write OpenTelemetry's points as Prometheus does; its own exporter mixes up labels that not all points have."""
    scopes = (scope for resource in data.resource_metrics for scope in resource.scope_metrics) if data else ()
    for metric in (metric for scope in scopes for metric in scope.metrics):
        name = metric.name.replace(".", "_")
        for point in metric.data.data_points:
            values = {"_count": point.count, "_sum": point.sum} if hasattr(point, "count") else {"": point.value}
            labels = ",".join(f"{key.replace('.', '_')}={json.dumps(str(v))}" for key, v in point.attributes.items())
            yield from (f"{name}{kind}{{{labels}}} {value}\n" for kind, value in values.items())
