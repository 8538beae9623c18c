"""A Django project of one view, bare and with what measures it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.urls import path

from benchmarks.apps.telemetry import meter_provider
from benchmarks.apps.wsgi import Served, Wrapper
from perftrack import PerformanceTracker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["PEERS", "Served", "bare", "measured", "wrapped"]

_bare_call = WSGIHandler.__call__
"""Kept, because perftrack measures around it from its first use on."""


def project(request: HttpRequest, number: int) -> JsonResponse:
    """Answer."""
    return JsonResponse({"id": number, "name": "apple"})


urlpatterns = [path("projects/<int:number>", project)]


def bare(before: Sequence[str] = (), after: Sequence[str] = ()) -> WSGIApplication:
    """Make the project, with one of Django's own middlewares and those *before* and *after* it."""
    if not settings.configured:
        apps = [name for name in ("django_prometheus",) if find_spec(name)]
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=apps)
        django.setup()
    settings.MIDDLEWARE = [*before, "django.middleware.common.CommonMiddleware", *after]
    return partial(_bare_call, WSGIHandler())


def wrapped() -> WSGIApplication:
    """Put the wrapper that does nothing around it."""
    return Wrapper(bare())


def measured(tracker: PerformanceTracker) -> Any:
    """Switch perftrack on."""
    settings.PERFTRACK = {"tracker": tracker}
    bare(["perftrack_django.PerformanceMiddleware"])
    return WSGIHandler()


def _django_prometheus() -> WSGIApplication:
    import_module("django_prometheus")
    middleware = "django_prometheus.middleware.Prometheus{}Middleware"
    return bare([middleware.format("Before")], [middleware.format("After")])


def _telemetry() -> WSGIApplication:
    instrumentor = import_module("opentelemetry.instrumentation.django").DjangoInstrumentor()
    bare()
    instrumentor.instrument(meter_provider=meter_provider())  # adds its middleware to the setting
    return partial(_bare_call, WSGIHandler())


PEERS: dict[str, Callable[[], Any]] = {"django-prometheus": _django_prometheus, "OpenTelemetry": _telemetry}
"""Name -> what makes the app with it; an ImportError says that it is not installed."""
