"""The sign-in in a real browser: by token, by link, over a session that is kept, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from perftrack import PerformanceTracker, Tokens
from perftrack.admin.codes import SignInCode
from tests.adapters.doors import ADMIN, raw_asgi
from tests.browser.watch import Watch
from tests.servers.raw import uvicorn

TOKEN = "the-token-for-admins"
VIEWER = "a-token-only-for-looking"


@pytest.fixture(autouse=True)
def refusals(watch: Watch) -> None:
    """Browsers report every refusal as an error."""
    watch.forgiven.add("401")


@pytest.fixture
def code() -> Iterator[SignInCode]:
    """The code of a link."""
    made = SignInCode()
    yield made
    made.discard()


@pytest.fixture
def base(code: SignInCode) -> Iterator[str]:
    """An app on a socket; the address of its admin pages."""
    with uvicorn(raw_asgi(Tokens(TOKEN, VIEWER, code=code), PerformanceTracker())) as port:
        yield f"http://127.0.0.1:{port}{ADMIN}"


def is_in(page: Any) -> bool:
    """Tell whether the page shows numbers."""
    page.wait_for_selector("#tile-requests")
    return bool(page.inner_text("#liveness") == "Live" and page.locator("#token").count() == 0)


def test_by_token_and_out(page: Any, base: str) -> None:
    """A wrong token is told so, the right one shows the numbers, the button signs out."""
    page.goto(base)
    assert page.url == f"{base}/"
    page.fill("#token", "a-wrong-token-of-length")
    page.click("button")
    page.wait_for_selector("#message:not(:empty)")
    page.fill("#token", TOKEN)
    page.click("button")
    page.wait_for_selector("#fresh:not(:empty)")
    assert is_in(page)
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", ADMIN)
    assert page.evaluate("document.cookie") == ""
    page.click("#sign-out button")
    page.wait_for_selector("#token")
    assert page.context.cookies() == []


def test_by_link(page: Any, base: str, code: SignInCode) -> None:
    """The link signs in once and leaves no code in the address bar; the next browser is asked for the token."""
    page.goto(f"{base}/#code={code.text}")
    page.wait_for_selector("#fresh:not(:empty)")
    assert is_in(page)
    assert code.text not in page.url
    page.context.clear_cookies()
    page.goto("about:blank")
    page.goto(f"{base}/#code={code.text}")
    page.wait_for_selector("#message:not(:empty)")
    assert "has been used" in page.inner_text("#message")
    assert code.text not in page.url


def test_a_link_of_another_site_finds_the_session(page: Any, base: str) -> None:
    """A SameSite=Strict cookie does not come with a click elsewhere; the page notices and goes on by itself."""
    page.goto(base)
    page.fill("#token", TOKEN)
    page.click("button")
    page.wait_for_selector("#fresh:not(:empty)")
    page.goto("data:text/html,<a href='" + base + "/'>numbers</a>")
    page.click("a")
    page.wait_for_selector("#fresh:not(:empty)")
    assert is_in(page)


def test_viewers_only_look(page: Any, base: str) -> None:
    """Nobody is offered what they may not do."""
    page.goto(base)
    page.fill("#token", VIEWER)
    page.click("button")
    page.wait_for_selector("#fresh:not(:empty)")
    assert page.locator("#reset").is_hidden()
    assert page.locator("#sign-out button").is_visible()


def test_the_view_of_a_link_outlives_the_sign_in(page: Any, base: str) -> None:
    """Whoever is sent a link and has to sign in first sees what it shows."""
    page.goto(f"{base}/#search=orders&sort=p95_duration")
    page.fill("#token", TOKEN)
    page.click("button")
    page.wait_for_selector("#fresh:not(:empty)")
    assert page.input_value("#search") == "orders"


def test_a_session_that_ends(page: Any, base: str) -> None:
    """The page keeps what it has, says that it is signed out, and leads back in."""
    page.goto(base)
    page.fill("#token", TOKEN)
    page.click("button")
    page.wait_for_selector("#fresh:not(:empty)")
    page.context.clear_cookies()
    page.click("#now")
    page.wait_for_selector("#liveness:has-text('you are signed out')")
    page.click("#liveness a")
    page.wait_for_selector("#token")
