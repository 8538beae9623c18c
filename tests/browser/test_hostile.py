"""Whatever clients send as a path stays text on the page: inert, visible, and unable to disturb what is beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perftrack import PerformanceTracker
from tests.browser.watch import Watch
from tests.core.admin.test_hostile_text import HOSTILE

# Every visible text, and every attribute that is shown or read out.
TEXTS = """() => [
    document.title, document.body.innerText,
    ...[...document.querySelectorAll("[title], [aria-label]")].map((node) => node.title + node.ariaLabel),
].join("").replace(/[\\n\\t]/g, "")"""
INVISIBLE = r"(text) => text.match(/[\p{C}\p{Zl}\p{Zp}]/gu)"
FOREIGN = "img, iframe, object, embed, body script, style, [onerror], [onmouseover], [style]"
LONE = "lone surrogates"


@pytest.fixture
def hostile(page: Any, base: str, tracker: PerformanceTracker) -> Any:
    """A page with every hostile name, as endpoint, slow path and warning; one of them is a reason too."""
    for kind, text in HOSTILE.items():
        for _ in range(30):
            tracker.record("GET", text, 500, 1.5)
        tracker.warn(f"{kind}: {text}")
    page.goto(base)
    page.wait_for_selector(f"#endpoints tbody tr:nth-child({len(set(HOSTILE.values()))})")
    return page


def test_hostile_names_are_text(hostile: Any, watch: Watch) -> None:
    """No element, no script, nothing invisible: in tables, warnings and reasons, and in the detail of each."""
    watch.forgiven.add("404")  # of half a character, see below
    assert hostile.locator("#warnings li").count() >= len(HOSTILE)
    for link in hostile.locator("#endpoints tbody a").all():
        link.click()
        hostile.wait_for_selector("#detail-body :is(.figures, p:has-text('status 404'))")
        assert hostile.locator(FOREIGN).count() == 0
        assert hostile.evaluate(INVISIBLE, hostile.evaluate(TEXTS)) is None
        hostile.keyboard.press("Escape")


@pytest.mark.parametrize("kind", ["script", "right to left", "controls", "long"])
def test_hostile_names_can_be_sent_to_somebody(hostile: Any, kind: str) -> None:
    """The detail is asked for by exactly that name, and the address finds it again."""
    shown = hostile.evaluate(
        "async (text) => (await import('./assets/format.js')).shown(JSON.parse(text))", json.dumps(HOSTILE[kind])
    )
    hostile.fill("#search", shown[:100])
    hostile.locator("#endpoints tbody a").first.click()
    hostile.wait_for_selector("#detail-body .figures")
    address = hostile.url
    hostile.goto("about:blank")
    hostile.goto(address)
    hostile.wait_for_selector("#detail-body .figures")
    assert hostile.text_content("#detail-name").removeprefix("GET ")[:50] == shown[:50]


def test_a_name_that_no_address_can_hold(page: Any, base: str, tracker: PerformanceTracker, watch: Watch) -> None:
    """Half a character that stands for no byte cannot be asked for; the page says so and goes on."""
    watch.forgiven.add("404")
    tracker.record("GET", HOSTILE[LONE], 200, 0.02)
    page.goto(base)
    page.locator("#endpoints tbody a").click()
    page.wait_for_selector("#detail-body p:has-text('status 404')")


def test_what_cannot_be_seen_is_made_visible(page: Any, base: str) -> None:
    """Invisible characters appear as their escapes, all writing systems as they are."""
    texts = {
        "/a b": "/a b",
        "/\u202e": "/\\u202e",
        "/\0\n": "/\\x00\\n",
        "/\udcff": "/\\udcff",
        "/<&>\"'": "/<&>\"'",
        "/żółw/東京": "/żółw/東京",
        "/\U0010ffff": "/\\U0010ffff",
    }
    page.goto(base)
    found = page.evaluate(
        "async (texts) => JSON.parse(texts).map((await import('./assets/format.js')).shown)", json.dumps(list(texts))
    )
    assert found == list(texts.values())
