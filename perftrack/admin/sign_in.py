"""Signing in with a token or a one-time code, and out again: what `/sign-in` and `/sign-out` do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Final, NamedTuple, cast
from urllib.parse import parse_qsl

from perftrack.admin import sign_in_page
from perftrack.admin.answers import content_response, json_response, problem, see_other
from perftrack.admin.decision import Decision
from perftrack.admin.messages import AdminRequest, AdminResponse, Headers
from perftrack.admin.sessions import SESSION_SECONDS
from perftrack.admin.tokens import Tokens
from perftrack.shapes import SignedIn, SignedOut

LARGEST_BODY: Final = 4096
SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
PAGE: Final = "./"
"""From both paths, the page: relative, so that it holds under any mount."""

_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_CHALLENGE: Final = (("WWW-Authenticate", "Bearer"),)
_NEEDED: Final = "send a token or a code, as JSON or as a form"


class Secret(NamedTuple):
    """What a body brought: one of the two."""

    token: str | None
    code: str | None

    def __repr__(self) -> str:
        """Return a text without either."""
        return "Secret(***)"


class BodyError(ValueError):
    """A body that is no sign-in; *status* and the message are the answer's."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class SignIn:
    """The two paths, for whoever has configured *tokens*."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def answer(self, request: AdminRequest) -> AdminResponse:
        """Answer a POST to one of the two paths."""
        if request.path == SIGN_OUT:
            return self._out(request)
        try:
            secret = _secret(request)
        except BodyError as error:
            return problem(error.status, str(error))
        found = self._tokens.sign_in(secret.token, secret.code, secure=request.secure)
        return refused(request) if found is None else self._in(request, *found)

    def _in(self, request: AdminRequest, right: Decision, cookie: str) -> AdminResponse:
        headers = (("Set-Cookie", cookie),)
        if request.wants_html:
            return see_other(PAGE, headers)
        expires = datetime.fromtimestamp(int(self._tokens.now()) + SESSION_SECONDS, timezone.utc)
        answer: SignedIn = {
            "status": "signed in",
            "role": "admin" if right is Decision.ADMITTED else "viewer",
            "expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return json_response(answer, 200, headers)

    def _out(self, request: AdminRequest) -> AdminResponse:
        headers: Headers = tuple(("Set-Cookie", each) for each in self._tokens.sign_out(secure=request.secure))
        if request.wants_html:
            return see_other(PAGE, headers)
        answer: SignedOut = {"status": "signed out"}
        return json_response(answer, 200, headers)


def invitation() -> AdminResponse:
    """Return the page that asks for the token."""
    return _page("")


def refused(request: AdminRequest) -> AdminResponse:
    """Return the answer to a wrong token or code; it tells neither from the other."""
    if request.wants_html:
        return _page("This token is not the right one.")
    return problem(401, "the token is wrong, or the code is wrong, used up or older than five minutes", _CHALLENGE)


def _page(message: str) -> AdminResponse:
    return content_response(401, "text/html; charset=utf-8", sign_in_page.render(message), _CHALLENGE)


def _secret(request: AdminRequest) -> Secret:
    if len(request.body) > LARGEST_BODY:
        raise BodyError(413, f"the body is too large, allowed are {LARGEST_BODY} bytes")
    fields = _fields(request.headers.get("content-type", ""), request.body)
    token, code = fields.get("token"), fields.get("code")
    if (token is None) == (code is None):
        raise BodyError(400, _NEEDED)
    return Secret(token, code)


def _fields(content_type: str, body: bytes) -> Mapping[str, str]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (_JSON, _FORM):
        raise BodyError(415, f"{_NEEDED}: Content-Type {_JSON} or {_FORM}")
    try:
        text = body.decode("utf-8")
        if kind == _FORM:
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=4))
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        raise BodyError(400, _NEEDED) from None
    if not isinstance(found, dict):
        raise BodyError(400, _NEEDED)
    members = cast("dict[str, object]", found)
    return {name: value for name, value in members.items() if isinstance(value, str)}
