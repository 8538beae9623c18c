"""Looking closer: sorting, filtering, searching, one endpoint in full; and the address that holds it all."""

from __future__ import annotations

from typing import Any

import pytest

from perftrack import PerformanceTracker

NAMES = "#endpoints tbody th"


@pytest.fixture
def busy(page: Any, base: str, tracker: PerformanceTracker) -> Any:
    """A page with three endpoints: a quick, a slow and a failing one."""
    kinds = (("/quick", 200, 0.001, 5), ("/slow", 200, 0.9, 3), ("/failing", 500, 0.02, 2))
    for route, status, seconds, times in kinds:
        for _ in range(times):
            tracker.record("GET", route, status, seconds)
    page.goto(base)
    page.wait_for_selector(NAMES)
    return page


def names(page: Any) -> list[str]:
    """Return the endpoints as they are listed, after the frame that lists them."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return [text.removeprefix("GET /") for text in page.locator(NAMES).all_inner_texts()]


def title(page: Any, text: str) -> Any:
    """Return the button that sorts by a column."""
    return page.get_by_role("columnheader", name=text).get_by_role("button")


def test_sorting(busy: Any) -> None:
    """A click on a title sorts, another turns it round, and the header says so to everybody."""
    assert names(busy) == ["slow", "failing", "quick"]
    title(busy, "Requests").click()
    assert names(busy) == ["quick", "slow", "failing"]
    assert busy.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    title(busy, "Requests").click()
    assert names(busy) == ["failing", "slow", "quick"]
    assert busy.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    title(busy, "Endpoint").click()
    assert names(busy) == ["failing", "quick", "slow"]


def test_filtering_and_searching(busy: Any) -> None:
    """The list shrinks to what is asked for and says how much of it that is."""
    busy.select_option("#only", "failing")
    assert names(busy) == ["failing"]
    busy.select_option("#only", "slow")
    assert names(busy) == ["slow"]
    busy.select_option("#only", "all")
    busy.fill("#search", "I")
    assert names(busy) == ["failing", "quick"]
    assert busy.inner_text("#found") == "2 of 3"


def test_the_address_holds_the_view(busy: Any, context: Any) -> None:
    """Sent to somebody else, it shows the same rows, window and endpoint."""
    title(busy, "p95").click()
    title(busy, "p95").click()
    busy.fill("#search", "l")
    busy.check("#window [value='3600']")
    busy.click(f"{NAMES} >> text=/slow")
    busy.wait_for_selector("#detail-body .figures")
    other = context.new_page()
    other.goto(busy.url)
    other.wait_for_selector("#detail-body .figures")
    assert other.inner_text("#detail-name") == "GET /slow"
    other.keyboard.press("Escape")
    assert names(other) == ["failing", "slow"]
    assert other.is_checked("#window [value='3600']")
    assert other.input_value("#search") == "l"


def test_one_endpoint_in_full(busy: Any) -> None:
    """Distribution with marks, outcomes, statuses, first byte against last byte, and its slow requests."""
    busy.click("#endpoints tbody tr:has-text('/slow') td.p95_duration")
    busy.wait_for_selector("#detail-body .figures")
    assert busy.locator("#detail h3").all_inner_texts() == [
        "Durations",
        "First byte against last byte",
        "Outcomes",
        "Status codes",
        "Slow requests",
    ]
    assert busy.locator("#detail .mark").all_text_contents() == ["p50 900 ms", "p95 900 ms", "p99 900 ms"]
    busy.click("#detail .behind summary")
    assert busy.locator("#detail .behind tbody td:last-child").all_inner_texts() == ["3"]
    assert busy.locator("#detail table.slow tbody tr").count() == 3
    assert busy.evaluate("document.activeElement.closest('#detail') !== null")


def test_back_closes_the_endpoint(busy: Any) -> None:
    """Opening one is a step that the browser's Back takes back, and the focus returns to where it was."""
    busy.locator(NAMES).first.locator("a").focus()
    busy.keyboard.press("Enter")
    busy.wait_for_selector("#detail-body .figures")
    busy.go_back()
    busy.wait_for_selector("#detail", state="hidden")
    assert "endpoint" not in busy.url
    assert busy.evaluate("document.activeElement.textContent") == "GET /slow"


def test_an_endpoint_that_nobody_asked_for(page: Any, base: str) -> None:
    """An old link says that there is no such endpoint, and asks the server for nothing in vain."""
    page.goto(f"{base}#endpoint=GET+/gone")
    page.wait_for_selector("#detail-body p")
    assert "No request to this endpoint" in page.inner_text("#detail-body")


def test_reasons_lead_to_the_endpoint(page: Any, base: str, tracker: PerformanceTracker) -> None:
    """Why it is unhealthy, in words; a click shows the endpoint that causes it."""
    for _ in range(30):
        tracker.record("POST", "/checkout", 500, 0.02)
    page.goto(base)
    page.click("#reasons a >> nth=0")
    page.wait_for_selector("#detail-body .figures")
    assert page.inner_text("#detail-name") == "POST /checkout"
    assert page.title().startswith("Unhealthy")


def test_slow_requests(busy: Any, tracker: PerformanceTracker) -> None:
    """Newest first, of one endpoint on demand."""
    tracker.record("GET", "/slower", 200, 1.5)
    busy.click("#now")
    busy.wait_for_selector("#slow td:has-text('/slower')")
    assert busy.locator("#slow tbody tr").count() == 4
    assert "1.50 s" in busy.locator("#slow tbody tr").first.inner_text()
    busy.select_option("#slow-of", "GET /slow")
    assert busy.locator("#slow tbody tr").count() == 3
    assert "slow=GET" in busy.url


def test_focus_follows_the_endpoint(busy: Any, tracker: PerformanceTracker) -> None:
    """When new numbers change the order, the keyboard stays with the endpoint and not with the place."""
    link = busy.locator(NAMES).nth(2).locator("a")
    assert link.inner_text() == "GET /quick"
    link.focus()
    tracker.record("GET", "/quick", 200, 60.0)
    busy.evaluate("document.querySelector('#now').click()")
    busy.wait_for_selector("#endpoints tbody tr:first-child:has-text('quick')")
    names(busy)
    assert busy.evaluate("document.activeElement.textContent") == "GET /quick"
