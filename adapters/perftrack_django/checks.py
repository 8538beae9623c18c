"""System checks: what `manage.py check` says of perftrack's setup."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.urls import NoReverseMatch, reverse

from perftrack import SettingError
from perftrack.admin.access import TOKEN_VARIABLE
from perftrack_django.conf import admin, options, tracker

MIDDLEWARE = "perftrack_django.PerformanceMiddleware"


def check_setup(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Check settings, middleware, URLs and access."""
    try:
        tracker()
        admin()
    except SettingError as error:
        return [Error(str(error), id="perftrack.E001")]
    return [*_check_middleware(), *_check_urls(), *_check_access()]


def _check_middleware() -> Iterator[CheckMessage]:
    if MIDDLEWARE not in settings.MIDDLEWARE:
        yield Warning(
            "perftrack measures nothing: its middleware is missing.",
            hint=f"Put {MIDDLEWARE!r} first in MIDDLEWARE.",
            id="perftrack.W001",
        )
    elif settings.MIDDLEWARE[0] != MIDDLEWARE:
        yield Warning(
            "perftrack's middleware is not the first.",
            hint=f"Put {MIDDLEWARE!r} first in MIDDLEWARE, so that a request that an earlier one answers has a route.",
            id="perftrack.W002",
        )


def _check_urls() -> Iterator[CheckMessage]:
    try:
        reverse("perftrack:pages", args=("",))
    except NoReverseMatch:
        yield Warning(
            "perftrack's admin pages have no URL.",
            hint='Add path("admin/performance/", include("perftrack_django.urls")) to the URLs.',
            id="perftrack.W003",
        )


def _check_access() -> Iterator[CheckMessage]:
    if options().get("access") or os.environ.get(TOKEN_VARIABLE) or apps.is_installed("django.contrib.auth"):
        return
    yield Warning(
        "Nobody can reach perftrack's admin pages.",
        hint=f"Install django.contrib.auth, set {TOKEN_VARIABLE}, or give PERFTRACK['access'].",
        id="perftrack.W004",
    )
