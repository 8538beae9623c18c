"""The dashboard's own files, smaller on the wire. What holds numbers is sent as it is: it costs the app no time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from perftrack.admin.messages import AdminResponse

_VARIES: Final = (("Vary", "Accept-Encoding"),)
_KEPT: Final = 100  # all files and all kinds of the page, and one that grows without end is none


def compressed(response: AdminResponse, request_headers: Mapping[str, str]) -> AdminResponse:
    """Return *response* in gzip where the client takes it; it must be one that never changes."""
    if response.status != 200:
        return response
    if not _takes_gzip(request_headers.get("accept-encoding", "")):
        return response._replace(headers=response.headers + _VARIES)
    body = _gzip(response.body)
    others = tuple((name, value) for name, value in response.headers if name != "Content-Length")
    length = (("Content-Length", str(len(body))), ("Content-Encoding", "gzip"))
    return response._replace(headers=others + length + _VARIES, body=body)


@lru_cache(maxsize=_KEPT)
def _gzip(body: bytes) -> bytes:
    import gzip  # noqa: PLC0415 - only who looks at the page needs it

    # The same bytes on every worker and at every start: no time of making in them.
    return gzip.compress(body, mtime=0)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
