"""Everybody can use it: axe-core finds nothing, everything works by keyboard, and it fits a telephone and paper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from perftrack import PerformanceTracker, Tokens
from tests.adapters.doors import ADMIN, raw_wsgi
from tests.browser.conftest import REQUIRED
from tests.browser.watch import Watch, answering
from tests.servers.raw import wsgiref

# scripts/test-browser puts it there.
AXE = Path(__file__).resolve().parents[2] / ".browser/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OUTLINE = """(() => {
    const focused = document.activeElement;
    return getComputedStyle(focused.type === "radio" ? focused.closest("label") : focused).outlineStyle;
})()"""
IN_SIGHT = """(() => {
    const focused = document.activeElement;
    const { x, y, height } = focused.getBoundingClientRect();
    const seen = document.elementFromPoint(x + 10, y + Math.min(height, 20) / 2);
    return seen && (focused.contains(seen) || seen.contains(focused)) && seen !== document.body;
})()"""
FOUND = """async (rules) => {
    const { violations } = await axe.run(document, { runOnly: rules });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + node.failureSummary)}`);
}"""


@pytest.fixture
def axe(page: Any) -> Any:
    """Return a function that lets axe-core judge the page as it is."""
    if not AXE.exists() and not os.environ.get(REQUIRED):
        pytest.skip("axe-core is not installed: scripts/test-browser")

    def judge() -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = page.evaluate(FOUND, RULES)
        return found

    return judge


@pytest.fixture
def filled(page: Any, base: str, tracker: PerformanceTracker) -> Any:
    """A page with something in every part of it."""
    for number in range(30):
        tracker.record("GET", f"/projects/{number}", (200, 404, 500)[number % 3], 0.9)
    tracker.warn("one worker of four does not answer")
    page.goto(base)
    page.wait_for_selector("#endpoints tbody tr")
    return page


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(filled: Any, axe: Any, theme: str, width: int) -> None:
    """Wide and narrow, in both themes: all tables open, an endpoint in full, and the question before a reset."""
    filled.set_viewport_size({"width": width, "height": 740})
    filled.select_option("#theme", theme)
    for chart in ("throughput", "latency", "heat"):
        filled.click(f"#{chart} summary")
    filled.hover("#tile-p95 .what")
    assert axe() == []
    filled.click("#endpoints tbody a >> nth=0")
    filled.wait_for_selector("#detail-body .figures")
    assert axe() == []
    filled.keyboard.press("Escape")
    filled.click("#reset")
    assert axe() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_without_numbers(page: Any, base: str, axe: Any, theme: str, watch: Watch) -> None:
    """Before the first numbers, and when they are old because the application is away."""
    watch.forgiven.add("503")
    page.emulate_media(color_scheme=theme)
    page.route("**/stats?*", answering(503))
    page.goto(base)
    page.wait_for_selector("#state.stale")
    assert axe() == []
    page.unroute_all()
    page.click("#now")
    page.wait_for_selector("#state.live")
    page.route("**/stats?*", answering(503))
    page.click("#now")
    page.wait_for_selector("#state.stale")
    assert axe() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_sign_in(page: Any, axe: Any, theme: str, watch: Watch) -> None:
    """The page that asks for the token, and the empty page behind it."""
    watch.forgiven.add("401")
    page.emulate_media(color_scheme=theme)
    with wsgiref(raw_wsgi(Tokens("the-token-for-admins"), PerformanceTracker())) as port:
        page.goto(f"http://127.0.0.1:{port}{ADMIN}/")
        assert axe() == []
        page.fill("#token", "the-token-for-admins")
        page.keyboard.press("Enter")
        page.wait_for_selector("#no-endpoints:visible")
        assert axe() == []


def test_everything_by_keyboard(filled: Any) -> None:
    """Every control is in the tab order, in the order that it is seen, and shows that it has the focus."""
    reached: list[str] = []
    for _ in range(60):
        filled.keyboard.press("Tab")
        reached.append(filled.evaluate("(document.activeElement.id || document.activeElement.textContent).trim()"))
        if reached[-1].startswith("GET /"):
            break
        assert filled.evaluate(OUTLINE) != "none", reached
    wanted = ["seconds", "now", "theme", "save-numbers", "save-page", "reset", "only", "search", "Apdex"]
    assert [name for name in reached if name in wanted] == wanted


@pytest.mark.parametrize("width", [360, 1200])
def test_the_focus_is_in_sight(page: Any, base: str, tracker: PerformanceTracker, width: int) -> None:
    """Nothing that sticks to an edge covers what has the focus, forwards and backwards through a long table."""
    for number in range(60):
        tracker.record("GET", f"/resource-{number}", 200, 0.01)
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(base)
    page.wait_for_selector("#endpoints tbody tr:nth-child(60)", state="attached")
    page.focus("#search")
    for key in ["Tab"] * 60 + ["Shift+Tab"] * 60:
        page.keyboard.press(key)
        page.evaluate("new Promise(requestAnimationFrame)")
        assert page.evaluate(IN_SIGHT), page.evaluate("document.activeElement.outerHTML")


def test_explanations_come_with_the_focus(filled: Any) -> None:
    """Each tile says what its number is, on focus and on hover, and Escape takes that away again."""
    filled.focus("#tile-p95 .what")
    filled.wait_for_selector("#what-p95:visible")
    filled.keyboard.press("Escape")
    filled.wait_for_selector("#what-p95", state="hidden")
    filled.hover("#tile-slow .what")
    filled.wait_for_selector("#what-slow:visible")


@pytest.mark.parametrize("width", [320, 360, 768, 1200])
def test_it_fits(filled: Any, width: int) -> None:
    """Only tables scroll sideways, never the page, with or without an endpoint in full."""
    filled.set_viewport_size({"width": width, "height": 740})
    scrolls = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not filled.evaluate(scrolls)
    filled.click("#endpoints tbody a >> nth=0")
    filled.wait_for_selector("#detail-body .figures")
    assert not filled.evaluate(scrolls)
    assert filled.evaluate("document.querySelector('#detail').scrollWidth") <= width


def test_it_prints(filled: Any) -> None:
    """On paper there is no control, nothing is cut off by a scrolling part, and the ground is white."""
    filled.select_option("#theme", "dark")
    filled.emulate_media(media="print")
    assert filled.locator("#reset, #search, #now").locator("visible=true").count() == 0
    assert filled.evaluate("getComputedStyle(document.querySelector('.scroll')).maxHeight") == "none"
    assert filled.evaluate("getComputedStyle(document.querySelector('.panel')).backgroundColor") == "rgb(255, 255, 255)"
    assert len(filled.pdf(format="A4")) > 10_000
