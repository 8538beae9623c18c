"""Reads the route that Starlette or FastAPI has chosen from the scope, after the call."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.routing import Host, Mount

_MOUNTS = (Mount, Host)

BELOW = "/{path}"
"""Stands for whatever an app that tells no routes has below its mount point."""


def route_template(scope: Mapping[str, Any]) -> str | None:
    """Give the route's template, the prefixes of mounts and of included routers joined. None when none was found."""
    if "endpoint" not in scope:
        return None
    route = scope.get("route")
    if route is not None and not ("fastapi" in scope or scope.get("root_path") or isinstance(route, _MOUNTS)):
        template: str = route.path_format  # nothing to join, as in most apps: this is what the rest would find
        return template
    below = _template_below(scope)
    return None if below is None else _mount_template(scope, below) + below


def _template_below(scope: Mapping[str, Any]) -> str | None:
    """Give the template below the mount point."""
    route, endpoint = scope.get("route"), scope["endpoint"]
    included = _included_template(scope, route)
    if included is not None:
        return included
    if isinstance(route, _MOUNTS) or (route is None and not _is_view(endpoint)):
        # A mounted app that has routes found none; what others, such as StaticFiles, do below is theirs.
        return None if getattr(route or endpoint, "routes", None) else BELOW
    if route is None:  # plain routes of a FastAPI app, and all of them before Starlette 1.0
        return _with_names(_below(scope["path"], scope.get("root_path", "")), scope)
    return str(route.path_format)


def _included_template(scope: Mapping[str, Any], route: object) -> str | None:
    """Give the template of a route of an included router: from 0.138 on, FastAPI keeps their prefixes here."""
    extras = scope.get("fastapi")
    context = extras and extras.get("effective_route_context")
    if not context:
        return None
    original = context.original_route
    # A mount on the way to the route leaves its context behind.
    if original is route or (route is None and getattr(original, "endpoint", None) is scope["endpoint"]):
        return str(getattr(context.starlette_route, "path_format", None) or context.path_format)
    return None


def _mount_template(scope: Mapping[str, Any], below: str) -> str:
    root = scope.get("root_path")
    if not root:
        return ""
    return _with_names(_below(root, scope.get("app_root_path", root)), scope, below)


def _below(path: str, prefix: str) -> str:
    return path[len(prefix) :] if path.startswith(prefix) else path


def _is_view(endpoint: object) -> bool:
    """Tell a route's endpoint from an app that is mounted."""
    return inspect.isroutine(endpoint) or inspect.isclass(endpoint)


def _with_names(path: str, scope: Mapping[str, Any], elsewhere: str = "") -> str:
    """Put the names of path parameters back in the place of their values, except the names that stand *elsewhere*."""
    segments = path.split("/")
    for name, value in reversed(scope.get("path_params", {}).items()):
        if f"{{{name}}}" not in elsewhere:
            _put_name(segments, f"{{{name}}}", value)
    return "/".join(segments)


def _put_name(segments: list[str], name: str, value: object) -> None:
    """Put *name* in the place of *value*, the last one if there are several: literals tend to come before ids."""
    length = str(value).count("/") + 1
    for start in range(len(segments) - length, -1, -1):
        if _means("/".join(segments[start : start + length]), value):
            segments[start : start + length] = [name]
            return


def _means(text: str, value: Any) -> bool:
    """Tell whether *text* was converted to *value*; many texts mean one number, such as 7 and 007."""
    if text == str(value):
        return True
    with suppress(Exception):  # a converter of the app's own
        return not isinstance(value, str) and bool(type(value)(text) == value)
    return False
