"""Signing a browser in and out: bodies, answers, the cookie and the page."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest

from perftrack import AdminRequest, AdminResponse, AllowAll, Tokens
from perftrack.admin import Admin
from perftrack.admin.codes import SignInCode
from perftrack.admin.sign_in import LARGEST_BODY
from tests.core.admin.fakes import SAME_ORIGIN, TOKEN, WatchedTracker, decoded, header
from tests.support import FakeClock

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VIEWER = "a-token-for-viewers"
COOKIE = re.compile(r"perftrack_[0-9a-f]{8}=[0-9]+\.[0-9a-f]{64}; Max-Age=43200; HttpOnly; SameSite=Strict(; Secure)?")


@pytest.fixture
def admin() -> Admin:
    """Admin pages with a token for admins and one for viewers, at a moment that stands still."""
    return Admin(WatchedTracker(), access=Tokens(TOKEN, VIEWER, clock=FakeClock(1_768_473_000.0)))


def post(
    admin: Admin, path: str, body: bytes = b"", headers: dict[str, str] | None = None, **more: str
) -> AdminResponse:
    """POST from our own page."""
    return admin.handle(AdminRequest("POST", path, "", {**SAME_ORIGIN, **(headers or {})}, {}, body, **more))


def test_a_token_signs_in(admin: Admin) -> None:
    """As JSON: the right, the end of the session, and a cookie that is good for the pages."""
    for token, role in ((TOKEN, "admin"), (VIEWER, "viewer")):
        answer = post(admin, "/sign-in", json.dumps({"token": token}).encode(), JSON)
        assert decoded(answer) == {"status": "signed in", "role": role, "expires": "2026-01-15T22:30:00Z"}
        cookie = header(answer, "Set-Cookie") or ""
        assert COOKIE.fullmatch(cookie)
        assert token not in cookie
        signed_in = {"cookie": cookie.partition(";")[0]}
        assert admin.handle(AdminRequest("GET", "/stats", "", signed_in)).status == 200


def test_a_form_signs_in(admin: Admin) -> None:
    """As a form, without any script: on to the page, with the same cookie."""
    answer = post(admin, "/sign-in", urlencode({"token": TOKEN}).encode(), {**FORM, **BROWSER})
    assert (answer.status, header(answer, "Location"), answer.body) == (303, "./", b"")
    assert COOKIE.fullmatch(header(answer, "Set-Cookie") or "")


def test_a_code_signs_in_once() -> None:
    """The code of a link signs in like a token, once."""
    code = SignInCode()
    admin = Admin(WatchedTracker(), access=Tokens(TOKEN, code=code))
    body = json.dumps({"code": code.text}).encode()
    assert [post(admin, "/sign-in", body, JSON).status for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(
    ("headers", "scheme", "secure"),
    [
        ({}, "http", False),
        ({}, "https", True),
        ({"origin": "https://app"}, "http", True),
        ({"origin": "http://app"}, "", False),
    ],
)
def test_the_cookie_is_secure_on_https(admin: Admin, headers: dict[str, str], scheme: str, secure: bool) -> None:
    """Also behind a proxy that ends https: there the browser's Origin tells."""
    answer = post(admin, "/sign-in", json.dumps({"token": TOKEN}).encode(), {**JSON, **headers}, scheme=scheme)
    assert ("; Secure" in (header(answer, "Set-Cookie") or "")) == secure


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 415),
        (b'{"token": "x"}', {"content-type": "text/plain"}, 415),
        (b"", JSON, 400),
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b"null", JSON, 400),
        (b"[" * 4096, JSON, 400),
        (b"{}", JSON, 400),
        (b"\xff", JSON, 400),
        (b'{"token": 5}', JSON, 400),
        (b'{"token": null}', JSON, 400),
        (b'{"token": "a", "code": "b"}', JSON, 400),
        (b"a=1&b=2&c=3&d=4&e=5", FORM, 400),
        (b"token", FORM, 401),
        (b"token=%FF%00", FORM, 401),
        (b'{"token": "wrong"}', JSON, 401),
        (b'{"token": "\\ud800"}', JSON, 401),
        (b'{"token": ""}', JSON, 401),
        (b'{"code": ""}', JSON, 401),
        (b'{"token": "%s"}' % (b"x" * LARGEST_BODY), JSON, 413),
    ],
)
def test_what_is_no_sign_in_is_refused(admin: Admin, body: bytes, headers: dict[str, str], status: int) -> None:
    """Whatever the body is, there is a problem and no cookie, and nothing of it is echoed."""
    answer = post(admin, "/sign-in", body, headers)
    assert (answer.status, header(answer, "Set-Cookie")) == (status, None)
    assert header(answer, "Content-Type") == "application/problem+json"
    assert (header(answer, "WWW-Authenticate") == "Bearer") == (status == 401)
    assert b"wrong" not in answer.body.replace(b"is wrong", b"")


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}, {"host": "a", "origin": "http://b"}])
def test_another_site_cannot_sign_in_or_out(admin: Admin, headers: dict[str, str]) -> None:
    """No page elsewhere can sign a browser in as somebody else, or out."""
    for path, body in (("/sign-in", json.dumps({"token": TOKEN}).encode()), ("/sign-out", b"")):
        answer = admin.handle(AdminRequest("POST", path, "", {**JSON, **headers}, {}, body))
        assert (answer.status, header(answer, "Set-Cookie")) == (403, None)


def test_signing_out_takes_the_cookies_away(admin: Admin) -> None:
    """Every session of this app, with the attributes it was set with; no credential is needed to leave."""
    answer = post(admin, "/sign-out")
    cookies = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert decoded(answer) == {"status": "signed out"}
    assert len(cookies) == 2
    assert all(re.fullmatch(r"perftrack_[0-9a-f]{8}=; Max-Age=0; HttpOnly; SameSite=Strict", each) for each in cookies)
    assert post(admin, "/sign-out", b"", BROWSER).status == 303


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_other_methods_need_access(admin: Admin, method: str) -> None:
    """Only the POST is open; everything else at these paths is as closed as the rest."""
    for path in ("/sign-in", "/sign-out"):
        assert admin.handle(AdminRequest(method, path, "", SAME_ORIGIN)).status == 401


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_without_tokens_nobody_signs_in(path: str) -> None:
    """Where something else decides, it decides here too, and then says that there is no sign-in."""
    assert post(Admin(WatchedTracker(), access=lambda _: False), path).status == 403
    answer = post(Admin(WatchedTracker(), access=AllowAll()), path)
    assert (answer.status, "by itself" in decoded(answer)["detail"]) == (404, True)
    assert post(Admin(WatchedTracker()), path).status == 403


def test_a_browser_is_asked_for_the_token(admin: Admin) -> None:
    """The page instead of a JSON problem, at `/` only, and without a number in it."""
    answer = admin.handle(AdminRequest("GET", "/", "", BROWSER))
    html = answer.body.decode()
    assert (answer.status, header(answer, "Content-Type")) == (401, "text/html; charset=utf-8")
    assert '<form method="post" action="sign-in">' in html
    assert not re.search(r"<style|style=|\son\w+=|<script>|https?://", html)
    for link in re.findall(r'(?:href|src)="([^"]*)"', html.replace("data:,", "assets/page.css")):
        assert admin.handle(AdminRequest("GET", f"/{link}")).status == 200
    assert admin.handle(AdminRequest("HEAD", "/", "", BROWSER)).body == b""
    slashless = admin.handle(AdminRequest("GET", "", "", BROWSER))
    assert (slashless.status, header(slashless, "Location")) == (308, "performance/")
    for path in ("/stats", "/nothing", "/sign-in"):
        assert header(admin.handle(AdminRequest("GET", path, "", BROWSER)), "Content-Type") != answer.headers[0][1]


def test_a_wrong_token_in_a_browser_is_told_so(admin: Admin) -> None:
    """The page again, with a sentence, and nothing of what was typed."""
    answer = post(admin, "/sign-in", b"token=%3Cscript%3Ewrong", {**FORM, **BROWSER})
    assert answer.status == 401
    assert b"not the right one" in answer.body
    assert b"wrong" not in answer.body


def test_where_the_body_is_wanted(admin: Admin) -> None:
    """Adapters read the body of a sign-in, one byte more than fits, and of no other request."""
    assert admin.body_limit("POST", "/sign-in") == LARGEST_BODY + 1
    others = [("GET", "/sign-in"), ("POST", "/sign-out"), ("POST", "/reset"), ("POST", "/nothing")]
    assert [admin.body_limit(*each) for each in others] == [0] * 4
    assert Admin(WatchedTracker(), access=AllowAll()).body_limit("POST", "/sign-in") == 0
