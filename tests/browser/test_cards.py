"""What not every application has is shown where there is something to show."""

from __future__ import annotations

import json
from typing import Any

from perftrack import PerformanceTracker

CACHE = {"hits": 75, "misses": 25, "hit_rate": 75.0, "size": 10, "max_size": None, "evictions": 3}


def test_cards_of_what_there_is(page: Any, base: str, tracker: PerformanceTracker) -> None:
    """WebSockets, event streams and caches have a card each, with names as harmless as everywhere."""

    def with_more(route: Any) -> None:
        stats = json.loads(route.fetch().text())
        stats["websockets"].update(opened=5, open=2, rejected=1, close_codes={"1000": 2, "none": 1}, messages_in=7)
        stats["streams"].update(open=1, finished=4, connection_time=61.0)
        stats["caches"]["caches"] = {"users<b>\u202e": CACHE}
        stats.update(workers=4, scope="host", worker_stats=[])
        route.fulfill(json=stats)

    page.route("**/stats?*", with_more)
    page.goto(base)
    page.wait_for_selector("#cards section")
    assert page.locator("#cards h2").all_inner_texts() == ["WebSockets", "Event streams", "Caches"]
    text = page.inner_text("#cards")
    assert "1000: 2, none: 1" in text
    assert "1 min 1 s" in text
    assert "users<b>\\u202e\t75\t25\t75.00 %\t10\t\N{EN DASH}\t3" in text
    assert (page.inner_text("#tile-workers .value"), page.inner_text("#tile-workers .note")) == ("4", "on this host")


def test_without_scripts(browser: Any, base: str) -> None:
    """A browser that runs no script is told so, and where the numbers are."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base)
    assert "needs JavaScript" in page.inner_text("noscript")
    assert page.locator("button, select, input, section").locator("visible=true").count() == 0
    page.click("noscript a")
    assert '"total_requests":0' in page.content()
    context.close()
