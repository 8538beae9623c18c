"""Method + route -> a bounded set of endpoint names.

Whatever a client sends, there are at most `max_endpoints` rows, a row `<unmatched>` for each known method, and
`OTHER <overflow>` for what came after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

METHODS: Final = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"),
)
"""Methods that keep their name (RFC 9110, RFC 5789 and QUERY). They are case-sensitive: `get` is not among them."""

OTHER_METHOD: Final = "OTHER"
"""Stands for every method outside METHODS."""

UNMATCHED: Final = "<unmatched>"
"""The route of requests for which the app found none."""

OVERFLOW: Final = "<overflow>"
"""The route of endpoints that came when all rows were taken."""

MAX_TEXT: Final = 255
"""Longest route or path that is kept, in characters."""

Label = Callable[[Mapping[str, Any]], str | None]
"""Reads the route from the ASGI scope or the WSGI environ after the call; None when the app found none."""

_INTEGER: Final = r"\d+"
_UUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_LONG_HEX: Final = r"(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{16,}"
_ID_SEGMENT: Final = re.compile(rf"(?<=/)(?:{_INTEGER}|{_UUID}|{_LONG_HEX})(?=/|\Z)")


def bounded_method(method: str) -> str:
    """Give *method* if it is known, else OTHER."""
    return method if method in METHODS else OTHER_METHOD


def bounded_text(text: str) -> str:
    """Cut *text* to MAX_TEXT characters, the last of them an ellipsis that shows the cut."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def endpoint_name(method: str, route: str) -> str:
    """Name an endpoint as all answers show it: `GET /projects/{id}`."""
    return f"{method} {route}"


def fold_path(path: str) -> str:
    """Replace the segments of *path* that look like ids (integers, UUIDs, 16 and more hex digits) by `{id}`."""
    return bounded_text(_ID_SEGMENT.sub("{id}", path))


class FoldedPaths:
    """Remembers the folded form of recent paths, because folding costs more than all the rest of a record."""

    LIMIT = 2048
    """Paths remembered; then it starts anew, so that a stranger's paths cannot fill memory."""

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self.known: dict[str, str] = {}
        """path -> route."""

    def route(self, path: str) -> str:
        """Fold *path*, from memory where possible."""
        route = self.known.get(path)
        return self._fold(path) if route is None else route

    def _fold(self, path: str) -> str:
        route = fold_path(path)
        if len(path) > MAX_TEXT:
            return route
        if len(self.known) >= self.LIMIT:
            self.known.clear()
        self.known[path] = route
        return route


_PLACEHOLDER: Final = re.compile(r"<(?:[^<>]*:)?([^<>:]+)>")


def template_of_rule(rule: str) -> str:
    """Write the placeholders of a Flask or Django rule as all templates have them: `<int:id>` becomes `{id}`."""
    return _PLACEHOLDER.sub(r"{\1}", rule)
