"""A Django project in one module: settings, URLs, and its WSGI and ASGI handlers. Its views come in two kinds."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.urls import include, path


def configure(first: Sequence[str] = (), apps: Sequence[str] = (), last: Sequence[str] = ()) -> None:
    """Set Django up, with what a monitor asks for: its middleware *first* and *last*, its *apps*."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    settings.configure(
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=list(apps),
        LOGGING_CONFIG=None,
        MIDDLEWARE=[*first, "django.middleware.common.CommonMiddleware", *last],
        ROOT_URLCONF=__name__,
        SECRET_KEY="made up for the tests",
        USE_TZ=True,
    )
    django.setup()


def routes(kind: str, *more: Any) -> list[Any]:
    """Give the URLs, with views of one *kind*: sync or async."""
    views = importlib.import_module(f"tests.conformance.apps.django_{kind}_views")
    view: Callable[[str], Any] = vars(views).__getitem__
    orders: list[Any] = [path("orders/<id>", view("order"))]
    names = "teapot boom stream events endless late background slow small upload empty cached".split()
    return [
        path("items/<id>", view("item")),
        path("v1/", include([path("shop/", include(orders))])),
        path("break", view("broken")),
        path("download", view("download_file")),
        path("health", view("empty")),
        path("ping", view("empty")),
        *(path(name, view(name)) for name in names),
        *more,
    ]


urlpatterns: list[Any] = []


def build_wsgi(*urls: Any) -> WSGIHandler:
    """Give the project's WSGI app, after `configure`."""
    urlpatterns[:] = routes("sync", *urls)
    return WSGIHandler()


def build_asgi(*urls: Any) -> ASGIHandler:
    """Give the project's ASGI app, after `configure`."""
    urlpatterns[:] = routes("async", *urls)
    return ASGIHandler()
