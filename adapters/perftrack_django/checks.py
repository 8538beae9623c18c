"""System checks: what `manage.py check` says of perftrack's setup."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from perftrack import SettingError
from perftrack.admin.tokens import TOKEN_VARIABLE
from perftrack_django.caches import watch_caches
from perftrack_django.conf import admin, options, tracker
from perftrack_django.views import pages

MIDDLEWARE = "perftrack_django.PerformanceMiddleware"
NAMES = (MIDDLEWARE, "perftrack_django.middleware.PerformanceMiddleware")


def check_setup(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check settings, middleware, URLs and access."""
    try:
        tracker()
        admin()
        watch_caches()
    except SettingError as error:
        return [checks.Error(str(error), id="perftrack.E001")]
    return [*_check_middleware(), *_check_urls(), *_check_access()]


def _check_middleware() -> Iterator[checks.CheckMessage]:
    if not any(name in settings.MIDDLEWARE for name in NAMES):
        yield checks.Warning(
            "perftrack measures nothing: its middleware is missing.",
            hint=f"Put {MIDDLEWARE!r} first in MIDDLEWARE.",
            id="perftrack.W001",
        )
    elif settings.MIDDLEWARE[0] not in NAMES:
        yield checks.Warning(
            "perftrack's middleware is not the first.",
            hint=f"Put {MIDDLEWARE!r} first in MIDDLEWARE, so that a request that an earlier one answers has a route.",
            id="perftrack.W002",
        )


def _check_urls() -> Iterator[checks.CheckMessage]:
    try:
        path = reverse("perftrack:pages", args=("",))
    except NoReverseMatch:
        yield checks.Warning(
            "perftrack's admin pages have no URL.",
            hint='Add path("admin/performance/", include("perftrack_django.urls")) to the URLs.',
            id="perftrack.W003",
        )
        return
    try:
        hidden = resolve(path).func is not pages
    except Resolver404:  # below a script prefix or a language prefix that is not the current one
        return
    if hidden:
        yield checks.Warning(
            f"Another URL pattern answers {path} before perftrack's admin pages.",
            hint="Put perftrack's line above it; admin.site.urls answers everything below its prefix.",
            id="perftrack.W005",
        )


def _check_access() -> Iterator[checks.CheckMessage]:
    if options().get("access") or os.environ.get(TOKEN_VARIABLE) or apps.is_installed("django.contrib.auth"):
        return
    yield checks.Warning(
        "Nobody can reach perftrack's admin pages.",
        hint=f"Install django.contrib.auth, set {TOKEN_VARIABLE}, or give PERFTRACK['access'].",
        id="perftrack.W004",
    )
