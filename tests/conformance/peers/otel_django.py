"""OpenTelemetry's instrumentation of Django."""

from __future__ import annotations

from typing import Any

from tests.conformance.apps.django_project import configure
from tests.conformance.peers.monitors import opentelemetry, peer, wsgi_metrics


def watch_django(build: Any) -> Any:
    """Make the project's WSGI handler."""
    source = opentelemetry()
    configure()
    peer("opentelemetry.instrumentation.django", "DjangoInstrumentor")().instrument()
    return wsgi_metrics(build(), source)
