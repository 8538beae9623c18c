"""django-prometheus."""

from __future__ import annotations

from typing import Any

from tests.conformance.apps.django_project import configure
from tests.conformance.peers.monitors import wsgi_metrics

BEFORE = "django_prometheus.middleware.PrometheusBeforeMiddleware"
AFTER = "django_prometheus.middleware.PrometheusAfterMiddleware"


def watch_django(build: Any) -> Any:
    """Make the project's WSGI handler."""
    configure([BEFORE], ["django_prometheus"], [AFTER])
    return wsgi_metrics(build())
