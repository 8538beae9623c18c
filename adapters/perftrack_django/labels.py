"""Reads the route that Django's resolver has chosen, after the call."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from functools import cache
from operator import itemgetter
from typing import Any, Final

from django.contrib.admindocs.utils import (
    remove_non_capturing_groups,
    replace_metacharacters,
    replace_named_groups,
    replace_unnamed_groups,
)
from django.http import HttpRequest

from perftrack.labels import Label, template_of_rule

ROUTE: Final = "perftrack.django.route"
"""Where the middleware leaves the request, and then its route, for the measurement around Django's handler."""

_REGEX: Final = re.compile(r"[\^$\\(]")


route_left: Final[Label] = itemgetter(ROUTE)
"""Reads the route that the middleware has left, where nothing else is ever left: under WSGI."""


def source_of(request: HttpRequest) -> MutableMapping[str, Any]:
    """Give the ASGI scope or the WSGI environ that *request* was made of."""
    meta = request.META
    return meta if ROUTE in meta else getattr(request, "scope", meta)


def route_of(request: HttpRequest) -> str | None:
    """Give the template of the route that was chosen for *request*, if one was."""
    match = request.resolver_match
    return None if match is None else template_of(match.route)


def route_template(source: Mapping[str, Any]) -> str | None:
    """Give the route's template, with the prefixes of includes; None when no URL pattern matched."""
    left: HttpRequest | str | None = source.get(ROUTE)
    return route_of(left) if isinstance(left, HttpRequest) else left


@cache  # there are as many routes as the project has
def template_of(route: str) -> str:
    """Write a route as all templates are written: the placeholders in braces."""
    if _REGEX.search(route):
        for simplify in (remove_non_capturing_groups, replace_named_groups, replace_unnamed_groups):
            route = simplify(route)
        route = replace_metacharacters(route)
    return "/" + template_of_rule(route).lstrip("/")
