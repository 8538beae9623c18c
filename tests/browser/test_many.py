"""Five hundred endpoints. How long their frames take is measured by `python -m benchmarks.page`."""

from __future__ import annotations

from typing import Any

from perftrack import PerformanceTracker

ENDPOINTS = 499
ROWS = "#endpoints tbody tr"


def test_all_of_many_endpoints(page: Any, base: str, tracker: PerformanceTracker) -> None:
    """All are there, in order, also those out of sight; a search finds the one, and all come back after it."""
    for number in range(ENDPOINTS):
        tracker.record("GET", f"/resource-{number}", 200, 0.001 * (number + 1))
    page.goto(f"{base}#sort=max_duration")
    page.wait_for_selector(f"{ROWS}:nth-child({ENDPOINTS})", state="attached")
    listed = page.locator(f"{ROWS} th").all_text_contents()
    assert listed == [f"GET /resource-{number}" for number in reversed(range(ENDPOINTS))]
    page.fill("#search", "resource-321")
    page.wait_for_selector(f"{ROWS}:only-child")
    assert page.inner_text("#found") == "1 of 499"
    page.fill("#search", "")
    page.wait_for_selector(f"{ROWS}:nth-child({ENDPOINTS})", state="attached")
    page.locator(f"{ROWS}:last-child").scroll_into_view_if_needed()
    page.click(f"{ROWS}:last-child a")
    page.wait_for_selector("#detail-body .figures")
    assert page.inner_text("#detail-name") == "GET /resource-0"


def test_more_than_are_kept_apart(page: Any, base: str, tracker: PerformanceTracker) -> None:
    """Beyond the limit they share a row, and the page warns of it."""
    for number in range(ENDPOINTS + 10):
        tracker.record("GET", f"/resource-{number}", 200, 0.001)
    page.goto(base)
    page.wait_for_selector("#warnings:visible")
    assert "overflow" in page.inner_text("#warnings")
    page.fill("#search", "overflow")
    page.wait_for_selector(f"{ROWS}:only-child")
