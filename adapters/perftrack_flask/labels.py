"""Reads the rule that Flask has chosen, when the response starts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from flask import Flask, request

from perftrack.labels import template_of_rule

_REMEMBERED: Final = "perftrack.flask.rule"

_template = cache(template_of_rule)  # there are as many rules as the app has


def route_template(environ: Mapping[str, Any]) -> str | None:
    """Give the rule's template; None when no rule matched. Flask leaves its request in the environ by itself."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None) or environ.get(_REMEMBERED)
    return None if rule is None else _template(rule.rule)


def remember_rule(app: Flask, exception: BaseException) -> None:
    """Keep the rule for a request whose exception Flask lets out, because by then Flask has forgotten it."""
    request.environ[_REMEMBERED] = request.url_rule
