"""The admin pages as a Flask blueprint, for apps whose own sign-in decides who may see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, request

from perftrack import AdminRequest
from perftrack.admin import Admin
from perftrack.admin.messages import joined_headers
from perftrack.labels import METHODS

View = Callable[..., Any]
Decorator = Callable[[View], View]


def admin_blueprint(admin: Admin, decorators: Sequence[Decorator]) -> Blueprint:
    """Make the blueprint `perftrack`; the first of *decorators* is asked first."""
    blueprint = Blueprint("perftrack", __name__)
    view = _view(admin)
    for decorator in reversed(decorators):
        view = decorator(view)
    # The core answers every path and method, unknown ones and OPTIONS too.
    for rule in (admin.prefix, f"{admin.prefix}/", f"{admin.prefix}/<path:rest>"):
        blueprint.add_url_rule(
            rule,
            endpoint="pages",
            view_func=view,
            methods=sorted(METHODS),
            strict_slashes=True,
            merge_slashes=False,
            provide_automatic_options=False,
        )
    return blueprint


def _view(admin: Admin) -> View:
    def pages(rest: str = "") -> Response:
        path = admin.rest(request.path) or ""
        body = _beginning(admin.body_limit(request.method, path))
        query, headers = request.query_string.decode("latin-1"), joined_headers(request.headers.items())
        answer = admin.handle(AdminRequest(request.method, path, query, headers, request.environ, body, request.scheme))
        response = Response(answer.body, answer.status)
        response.headers.clear()  # the core says all of them, also that there is no type where there is no body
        response.headers.extend(answer.headers)
        return response

    return pages


def _beginning(limit: int) -> bytes:
    """Read the body up to *limit* bytes."""
    try:
        return request.stream.read(limit) if limit else b""
    except Exception:  # the client has left
        return b""
