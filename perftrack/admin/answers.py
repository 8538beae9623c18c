"""Making answers. Every header that the contract promises for all of them is set here: no handler can forget one."""

from __future__ import annotations

import json
from http import HTTPStatus

from perftrack.admin.messages import AdminResponse, Headers

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_EVERY_ANSWER: Headers = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    # Where a session cookie of the app lets in, a page elsewhere could load an answer and learn whether it was a 404.
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", _POLICY),
)
_EVERY_JSON: Headers = (("X-Data-Source", "backend-real"),)
# All of them occur only inside JSON strings, where an escape means the same character.
_INERT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def json_bytes(payload: object) -> bytes:
    """Return *payload* as ASCII JSON that is also inert inside HTML; NaN and infinities raise `ValueError`."""
    text = json.dumps(payload, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    return text.translate(_INERT).encode("ascii")


def content_response(status: int, content_type: str, body: bytes, headers: Headers = ()) -> AdminResponse:
    """Return an answer of *content_type* with the headers of every answer."""
    entity = (("Content-Type", content_type), ("Content-Length", str(len(body))))
    return AdminResponse(status, entity + _EVERY_ANSWER + headers, body)


def json_bytes_response(body: bytes, status: int = 200) -> AdminResponse:
    """Return an answer with JSON that is encoded already."""
    return content_response(status, "application/json", body, _EVERY_JSON)


def json_response(payload: object, status: int = 200, headers: Headers = ()) -> AdminResponse:
    """Return *payload* as a JSON answer."""
    return content_response(status, "application/json", json_bytes(payload), _EVERY_JSON + headers)


def see_other(location: str, headers: Headers = ()) -> AdminResponse:
    """Return the answer to a form that was accepted: the browser goes on to *location* with GET."""
    return AdminResponse(303, (("Location", location), ("Content-Length", "0"), *_EVERY_ANSWER, *headers), b"")


def problem(status: int, detail: str, headers: Headers = ()) -> AdminResponse:
    """Return an RFC 9457 problem; *detail* is one sentence that says what to change."""
    payload = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return content_response(status, "application/problem+json", json_bytes(payload), _EVERY_JSON + headers)


def redirect(location: str) -> AdminResponse:
    """Return a permanent redirect that keeps the method."""
    return AdminResponse(308, (("Location", location), ("Content-Length", "0"), *_EVERY_ANSWER), b"")


def options(allow: str) -> AdminResponse:
    """Return the answer to OPTIONS; a 204 must not have a Content-Length (RFC 9110, 8.6)."""
    return AdminResponse(204, (("Allow", allow), *_EVERY_ANSWER), b"")
