"""What goes into the admin pages and what comes out: two plain values that know no framework.

An adapter turns its framework's request into an `AdminRequest` and an `AdminResponse` back into its framework's answer.
"""

# No annotations as text in this module: each field's would be compiled when a NamedTuple is made, at every start.

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Headers = tuple[tuple[str, str], ...]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class AdminRequest(NamedTuple):
    """A request to the admin pages.

    Args:
        method: The HTTP method, as sent.
        path: The decoded path after the prefix, as `Admin.rest` gives it: `""`, `"/"` or `"/stats"`.
        query: The query string as sent, without `?`.
        headers: Header values by lower-case name.
        context: What the adapter holds of the request (ASGI scope, WSGI environ), for access callables.
        body: The beginning of the body, where `Admin.body_limit` asks for it.
        scheme: `https` or `http`, as far as the adapter can see.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = _NOTHING
    context: Mapping[str, object] = _NOTHING
    body: bytes = b""
    scheme: str = "http"

    def __repr__(self) -> str:
        """Return a text without what may hold a secret."""
        return f"AdminRequest(method={self.method!r}, path={self.path!r}, scheme={self.scheme!r})"

    @property
    def wants_html(self) -> bool:
        """Whether a browser asks for a page, rather than a script or a program for data."""
        return "text/html" in self.headers.get("accept", "")

    @property
    def secure(self) -> bool:
        """Whether the browser came over https, also where a proxy in front of us ends it."""
        return self.scheme == "https" or self.headers.get("origin", "").startswith("https://")


def joined_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return *pairs* by lower-case name. A header that comes twice is joined, so that no copy of it hides another."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        headers[key] = headers[key] + ("; " if key == "cookie" else ", ") + value if key in headers else value
    return headers


class AdminResponse(NamedTuple):
    """An answer, complete with `Content-Length`; to be sent as it is."""

    status: int
    headers: Headers
    body: bytes

    def without_body(self) -> "AdminResponse":
        """Return the answer to HEAD: the same headers, `Content-Length` included, and no body."""
        return self._replace(body=b"")
