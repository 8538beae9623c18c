"""Reads the rule that Flask has chosen, when the response starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, request

from perftrack.labels import template_of_rule

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MOUNT: Final = "perftrack.flask.mount"
_REMEMBERED: Final = "perftrack.flask.rule"

_template = cache(template_of_rule)  # there are as many rules as the app has


def noting_mount(app: Flask) -> WSGIApplication:
    """Give the WSGI app of *app*, wrapped so that it is known where it is mounted, and so what a dispatcher adds.

    Where nothing stands before Flask yet, nothing can add anything, and no request pays for a wrapper.
    """
    wsgi_app: WSGIApplication = app.wsgi_app
    if getattr(wsgi_app, "__func__", None) is Flask.wsgi_app:
        return wsgi_app

    def noting(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_MOUNT] = environ.get("SCRIPT_NAME", "")
        return wsgi_app(environ, start_response)

    return noting


def route_template(environ: Mapping[str, Any]) -> str | None:
    """Give the rule's template; None when no rule matched. Flask leaves its request in the environ by itself."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None) or environ.get(_REMEMBERED)
    if rule is None:
        return None
    template, mount = _template(rule.rule), environ.get(_MOUNT)
    return template if mount is None else environ.get("SCRIPT_NAME", "").removeprefix(mount) + template


def remember_rule(app: Flask, exception: BaseException) -> None:
    """Keep the rule for a request whose exception Flask lets out, because by then Flask has forgotten it."""
    request.environ[_REMEMBERED] = request.url_rule
