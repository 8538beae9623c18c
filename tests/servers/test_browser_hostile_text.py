"""Hostile names and paths in a real browser: they are read there, and do nothing."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from perftrack.exchange import Exchange, begin
from tests.adapters.doors import ADMIN, raw_asgi
from tests.core.admin.test_hostile_text import HOSTILE
from tests.servers.raw import uvicorn
from tests.support import FakeClock

playwright: Any = pytest.importorskip("playwright.sync_api", reason="it drives the browser; pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed"),
    pytest.mark.filterwarnings("default"),  # the tool's own
]

ARMED = {
    "image": "/<img src=x onerror=\"document.title='hacked'\">",
    "script": "/<script>document.title='hacked'</script>",
    "address": "javascript:document.title='hacked'",
    "attribute": "\" onmouseover=\"document.title='hacked'\" style=\"position:fixed;inset:0",
}
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def hostile_tracker() -> PerformanceTracker:
    """Give a tracker whose endpoints, paths and queries are all hostile, and slow and failed, so that all are shown."""
    clock = FakeClock()
    tracker = PerformanceTracker(clock=clock, record_query_strings=True)
    for text in (*ARMED.values(), *HOSTILE.values()):
        source = {"query_string": text.encode("utf-8", "surrogatepass")}
        for route in (None, text):
            exchange = begin(Exchange, tracker, None, source, "GET", text)
            exchange.route, exchange.status = route, 500
            clock.tick(1.5)
            exchange.complete()
    return tracker


def test_hostile_text_does_nothing() -> None:
    """No script of theirs ran, no element is theirs, no dialog came, and no direction or control is in the text."""
    tracker = hostile_tracker()
    dialogs: list[str] = []

    def note(dialog: Any) -> None:
        dialogs.append(str(dialog.message))

    with uvicorn(raw_asgi(AllowAll(), tracker)) as port, playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.on("dialog", note)
        page.goto(f"http://127.0.0.1:{port}{ADMIN}/")
        page.wait_for_function("document.body.innerText.includes('onerror=')")
        text = page.inner_text("body")
        theirs = page.locator("[onerror], [onmouseover], [onclick], [src=x], [href^='javascript:']").count()
        title = page.title()
        browser.close()
    assert (dialogs, theirs) == ([], 0)
    assert "hacked" not in title
    assert "<script>" in text
    assert not set(text) & set("\u202e\u2066\u2067\u200e\u200f\u061c\u200b\ufeff\x00\x07\x1b\x9f\u2028")
    assert tracker.stats()["warnings"] == []
