"""A Django project of one view, bare and with what measures it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.urls import path

from benchmarks.apps.wsgi import Wrapper
from perftrack import PerformanceTracker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_bare_call = WSGIHandler.__call__
"""Kept, because perftrack measures around it from its first use on."""


def project(request: HttpRequest, number: int) -> JsonResponse:
    """Answer."""
    return JsonResponse({"id": number, "name": "apple"})


urlpatterns = [path("projects/<int:number>", project)]


def bare(middleware: Sequence[str] = (), apps: Sequence[str] = ()) -> WSGIApplication:
    """Make the project, with *middleware* and *apps*; the apps of the first call stay."""
    if not settings.configured:
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], INSTALLED_APPS=list(apps))
        django.setup()
    settings.MIDDLEWARE = [*middleware, "django.middleware.common.CommonMiddleware"]
    return partial(_bare_call, WSGIHandler())


def wrapped() -> WSGIApplication:
    """Put the wrapper that does nothing around it."""
    return Wrapper(bare())


def measured(tracker: PerformanceTracker) -> Any:
    """Switch perftrack on."""
    bare()
    settings.PERFTRACK = {"tracker": tracker}
    settings.MIDDLEWARE = ["perftrack_django.PerformanceMiddleware", *settings.MIDDLEWARE]
    return WSGIHandler()
