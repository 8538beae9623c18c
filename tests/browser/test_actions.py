"""What can be done: start anew, and take the numbers elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perftrack import PerformanceTracker
from tests.browser.watch import Watch, answering


@pytest.fixture
def filled(page: Any, base: str, tracker: PerformanceTracker) -> Any:
    """A page with some numbers, one request of them slow."""
    for seconds in (0.01, 0.02, 0.9):
        tracker.record("GET", "/projects", 200, seconds)
    page.goto(base)
    page.wait_for_selector("#endpoints tbody tr")
    return page


def test_reset(filled: Any, tracker: PerformanceTracker) -> None:
    """A question comes first; only its yes starts the counts from zero, and the page shows that at once."""
    filled.click("#reset")
    filled.keyboard.press("Escape")
    filled.click("#reset")
    filled.get_by_role("button", name="Cancel").click()
    assert tracker.stats()["total_requests"] == 3
    filled.click("#reset")
    filled.get_by_role("button", name="Reset", exact=True).click()
    filled.wait_for_selector("#said:has-text('Reset at')")
    filled.wait_for_selector("#no-endpoints:visible")
    assert filled.inner_text("#tile-requests .value") == "0"
    assert tracker.stats()["total_requests"] == 0


def test_a_reset_that_is_refused(filled: Any, watch: Watch) -> None:
    """The page says so and shows what it had."""
    watch.forgiven.add("403")
    filled.route("**/reset", answering(403))
    filled.click("#reset")
    filled.get_by_role("button", name="Reset", exact=True).click()
    filled.wait_for_selector("#said:has-text('Not reset: you may not do this.')")
    assert filled.inner_text("#tile-requests .value") == "3"


def test_numbers_as_json(filled: Any, tmp_path: Path) -> None:
    """The file has what the page was made of."""
    with filled.expect_download() as download:
        filled.click("#save-numbers")
    download.value.save_as(tmp_path / "numbers.json")
    numbers = json.loads((tmp_path / "numbers.json").read_text())
    assert numbers["total_requests"] == 3
    assert len(numbers["series"]["slots"]) == 360
    assert numbers["health"]["status"] == "healthy"
    assert download.value.suggested_filename.endswith(".json")


def test_the_page_as_one_file(filled: Any, context: Any, tmp_path: Path, watch: Watch) -> None:
    """It shows the same without a server, runs nothing, asks for nothing, and has the tables behind the charts."""
    fresh = filled.inner_text("#fresh")
    filled.evaluate("new Promise((done) => setTimeout(done, 1100))")
    with filled.expect_download() as download:
        filled.click("#save-page")
    saved = tmp_path / "page.html"
    download.value.save_as(saved)
    text = saved.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<link" not in text
    asked = len(watch.requests)
    other = context.new_page()
    other.goto(saved.as_uri())
    assert len(watch.requests) == asked + 1
    assert other.inner_text("#tile-requests .value") == "3"
    assert other.inner_text("#endpoints tbody th") == "GET /projects"
    assert other.inner_text("#state").startswith("As it was on")
    assert other.inner_text("#state").endswith(fresh), "when the numbers are of, not when they were saved"
    assert other.locator(".live").count() == 0
    assert other.locator("button, select, input, [tabindex='0']:not(.scroll)").count() == 0
    other.click("#throughput summary")
    assert other.locator("#throughput tbody tr:visible").count() == 30
    colour = "getComputedStyle(document.querySelector('.banner')).borderLeftColor"
    assert other.evaluate(colour) == filled.evaluate(colour)


def test_slow_requests_as_json(filled: Any, context: Any) -> None:
    """The clipboard has those that are listed."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    filled.click("#slow-copy")
    filled.wait_for_selector("#said:has-text('1 slow request')")
    [entry] = json.loads(filled.evaluate("navigator.clipboard.readText()"))
    assert (entry["endpoint"], entry["duration"]) == ("GET /projects", 0.9)


def test_copying_without_a_clipboard(filled: Any) -> None:
    """Over plain http to another machine, browsers hide the clipboard: the old way serves."""
    filled.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    filled.click("#slow-copy")
    filled.wait_for_selector("#said:has-text('copied.')")
    assert filled.locator("textarea").count() == 0
