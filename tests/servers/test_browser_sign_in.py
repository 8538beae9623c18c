"""The sign-in in a real browser: by token, by link, over a session that is kept, and out again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from perftrack import PerformanceTracker, Tokens
from perftrack.admin.codes import SignInCode
from tests.adapters.doors import ADMIN, raw_asgi
from tests.servers.raw import uvicorn

playwright: Any = pytest.importorskip("playwright.sync_api", reason="it drives the browser; pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed"),
    pytest.mark.filterwarnings("default"),  # the tool's own
]

TOKEN = "the-token-for-admins"
QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    with playwright.sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *QUIET])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of a browser without cookies; it fails the test at any message about the content policy."""
    context = browser.new_context()
    opened = context.new_page()
    said: list[str] = []

    def note(message: Any) -> None:
        said.append(str(message.text))

    opened.on("console", note)
    yield opened
    context.close()
    assert not [text for text in said if "Content Security Policy" in text or "Refused to" in text]


@pytest.fixture
def code() -> Iterator[SignInCode]:
    """The code of a link."""
    made = SignInCode()
    yield made
    made.discard()


@pytest.fixture
def base(code: SignInCode) -> Iterator[str]:
    """An app on a socket; the address of its admin pages."""
    with uvicorn(raw_asgi(Tokens(TOKEN, code=code), PerformanceTracker())) as port:
        yield f"http://127.0.0.1:{port}{ADMIN}"


def is_in(page: Any) -> bool:
    """Tell whether the page shows numbers."""
    return "Requests" in page.inner_text("body") and page.locator("#token").count() == 0


def test_by_token_and_out(page: Any, base: str) -> None:
    """A wrong token is told so, the right one shows the numbers, the button signs out."""
    page.goto(base)
    assert page.url == f"{base}/"
    page.fill("#token", "a-wrong-token-of-length")
    page.click("button")
    page.wait_for_selector("#message:not(:empty)")
    page.fill("#token", TOKEN)
    page.click("button")
    page.wait_for_url(f"{base}/")
    assert is_in(page)
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", ADMIN)
    assert page.evaluate("document.cookie") == ""
    page.click(".sign-out button")
    page.wait_for_selector("#token")
    assert page.context.cookies() == []


def test_by_link(page: Any, base: str, code: SignInCode) -> None:
    """The link signs in once and leaves no code in the address bar; the next browser is asked for the token."""
    page.goto(f"{base}/#code={code.text}")
    page.wait_for_selector("h2")
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
    page.wait_for_url(f"{base}/")
    page.goto("data:text/html,<a href='" + base + "/'>numbers</a>")
    page.click("a")
    page.wait_for_selector("h2")
    assert is_in(page)
