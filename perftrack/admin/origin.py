"""Whether a POST comes from our own page: another site's form must not reset the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

REMEDY = (
    "A POST must come from this site itself: send an Authorization header, or an Origin header equal to this host "
    "(curl: -H 'Origin: http://HOST')."
)
# A browser attaches these by itself, also to another site's form; a bearer token it never does.
_AMBIENT = frozenset({"basic", "digest", "negotiate", "ntlm"})
_PORTS = {"http": 80, "https": 443}


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Return whether a POST with these *headers* may act: by its Authorization, Sec-Fetch-Site, or Origin and Host."""
    authorization = headers.get("authorization", "").strip()
    if authorization and authorization.split(" ", 1)[0].lower() not in _AMBIENT:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is not None:
        return _matches(origin, headers.get("host", ""))
    return bool(authorization)


def _matches(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        ours = urlsplit(f"{parts.scheme}://{host}")
        default = _PORTS.get(parts.scheme)
        same_port = (parts.port or default) == (ours.port or default)
    except ValueError:
        return False
    plain = not (parts.username or parts.path or ours.username or ours.path)
    return plain and bool(parts.hostname) and default is not None and parts.hostname == ours.hostname and same_port
