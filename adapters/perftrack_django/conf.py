"""Reads `PERFTRACK = {…}` from Django's settings."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse

from perftrack import AdminRequest, PerformanceTracker, SettingError
from perftrack.admin import Access, Admin, Decision
from perftrack.admin.access import Either
from perftrack.admin.tokens import tokens_in
from perftrack.entrance import chosen_tracker


def options() -> dict[str, Any]:
    """Give the dictionary: any setting by its name, and `tracker`, `access` and `caches`."""
    given = getattr(settings, "PERFTRACK", {})
    if not isinstance(given, dict):
        raise SettingError(f"setting PERFTRACK is {given!r}; it must be a dictionary")
    return cast("dict[str, Any]", given)


@cache
def tracker() -> PerformanceTracker:
    """Give the tracker of this project."""
    own = {name: value for name, value in options().items() if name not in ("access", "caches", "tracker")}
    return chosen_tracker(options().get("tracker"), own)


@cache
def admin() -> Admin:
    """Give the admin pages."""
    return Admin(tracker(), access(), mounted_at())


def access() -> Access:
    """Give what decides about access: the setting, else Django's users (and who has the token), else the token."""
    chosen: Access = options().get("access")
    if chosen is not None or not apps.is_installed("django.contrib.auth"):
        return chosen
    tokens = tokens_in(os.environ)
    return by_user if tokens is None else Either(by_user, tokens)


def by_user(request: AdminRequest) -> Decision:
    """Let in staff, and whoever has the permission `perftrack.reset`, or `perftrack.view` for looking only."""
    user = getattr(request.context["request"], "user", None)
    if user is None or not user.is_active:
        return Decision.FORBIDDEN
    if user.is_staff or user.has_perm("perftrack.reset"):
        return Decision.ADMITTED
    return Decision.VIEWER if user.has_perm("perftrack.view") else Decision.FORBIDDEN


def mounted_at() -> str:
    """Give the path under which the URLs are included, below the script prefix; without them, the setting."""
    try:
        path = reverse("perftrack:pages", args=("",))
    except NoReverseMatch:
        return tracker().settings.admin_prefix
    return "/" + path.removeprefix(get_script_prefix()).rstrip("/")
