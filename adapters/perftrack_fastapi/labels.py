"""Reads the route that Starlette or FastAPI has chosen from the scope, after the call."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from starlette.routing import Mount

BELOW = "/{path}"
"""Stands for whatever an app that tells no routes has below its mount point."""


def route_template(scope: Mapping[str, Any]) -> str | None:
    """Give the route's template, the prefixes of mounts and of included routers joined. None when none was found."""
    if "endpoint" not in scope:
        return None
    return _mount_template(scope) + _template_below(scope)


def _template_below(scope: Mapping[str, Any]) -> str:
    route = scope.get("route")
    # From 0.138 on, FastAPI keeps the prefixes of included routers here; the route itself lacks them.
    context = scope.get("fastapi", {}).get("effective_route_context")
    if context is not None and context.original_route is route:
        return str(context.path_format)
    if isinstance(route, Mount) or (route is None and not _is_view(scope["endpoint"])):
        return BELOW
    if route is None:  # plain routes of a FastAPI app, and all of them before Starlette 1.0
        return _with_names(_below(scope["path"], scope.get("root_path", "")), scope)
    return str(route.path_format)


def _mount_template(scope: Mapping[str, Any]) -> str:
    root = scope.get("root_path", "")
    return _with_names(_below(root, scope.get("app_root_path", root)), scope)


def _below(path: str, prefix: str) -> str:
    return path[len(prefix) :] if path.startswith(prefix) else path


def _is_view(endpoint: object) -> bool:
    """Tell a route's endpoint from an app that is mounted."""
    return inspect.isroutine(endpoint) or inspect.isclass(endpoint)


def _with_names(path: str, scope: Mapping[str, Any]) -> str:
    """Put the names of path parameters back in the place of their values."""
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(segment, segment) for segment in path.split("/")) if names else path
