"""The page keeps up: by itself, at the pace that was chosen, and through a server that goes and comes back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from tests.adapters.doors import ADMIN, raw_wsgi
from tests.browser.watch import Watch, answering
from tests.servers.raw import wsgiref

HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
TONE = "getComputedStyle(document.querySelector('#status')).color"
SECOND = 1000


def record(tracker: PerformanceTracker, times: int = 1, route: str = "/projects", status: int = 200) -> None:
    """Let some requests be measured."""
    for _ in range(times):
        tracker.record("GET", route, status, 0.02)


def wait_for(page: Any, selector: str, text: str) -> None:
    """Wait until the element has exactly this text."""
    page.locator(selector).get_by_text(text, exact=True).or_(
        page.locator(selector).filter(has_text=text)
    ).first.wait_for(timeout=8 * SECOND)


def test_it_shows_new_numbers_by_itself(page: Any, base: str, tracker: PerformanceTracker, watch: Watch) -> None:
    """Every thirty seconds unless something else is chosen, with one request each; at once when asked to."""
    record(tracker)
    page.clock.install()
    page.goto(base)
    wait_for(page, "#tile-requests .value", "1")
    assert watch.asked("stats") == 1
    record(tracker)
    page.clock.fast_forward(31 * SECOND)
    wait_for(page, "#tile-requests .value", "2")
    assert watch.asked("stats") == 2
    record(tracker, 3, "/new")
    page.click("#now")
    wait_for(page, "#tile-requests .value", "5")
    wait_for(page, "#endpoints tbody", "GET /new")
    assert watch.asked("stats") == 3
    assert watch.asked("endpoint?") == 0


def test_the_pace_is_remembered(page: Any, base: str, tracker: PerformanceTracker, watch: Watch) -> None:
    """Pace and theme are there again at the next visit; nothing else is stored."""
    page.clock.install()
    page.goto(base)
    page.select_option("#seconds", "2")
    page.select_option("#theme", "dark")
    page.fill("#search", "private")
    page.reload()
    assert page.input_value("#seconds") == "2"
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate("({ ...localStorage })") == {"perftrack": '{"seconds":2,"theme":"dark"}'}
    assert page.evaluate("sessionStorage.length") == 0
    wait_for(page, "#tile-requests .value", "0")
    record(tracker)
    page.clock.fast_forward(3 * SECOND)
    wait_for(page, "#tile-requests .value", "1")


def test_paused_is_paused(page: Any, base: str, watch: Watch) -> None:
    """No request comes from a page that is paused, and it says so."""
    page.clock.install()
    page.goto(base)
    page.select_option("#seconds", "0")
    wait_for(page, "#liveness", "Paused")
    asked = watch.asked("stats")
    page.clock.fast_forward(3600 * SECOND)
    page.evaluate(HIDE, False)
    assert watch.asked("stats") == asked


def test_nobody_looks(page: Any, base: str, tracker: PerformanceTracker, watch: Watch) -> None:
    """A hidden tab asks for nothing; when it is seen again it has new numbers at once."""
    page.clock.install()
    page.goto(base)
    wait_for(page, "#tile-requests .value", "0")
    page.evaluate(HIDE, True)
    asked = watch.asked("stats")
    page.clock.fast_forward(3600 * SECOND)
    assert watch.asked("stats") == asked
    record(tracker)
    page.evaluate(HIDE, False)
    wait_for(page, "#tile-requests .value", "1")


@pytest.mark.parametrize("pace", ["2", "30"])
def test_the_server_goes_and_comes_back(page: Any, tracker: PerformanceTracker, watch: Watch, pace: str) -> None:
    """The page says since when it is stale, keeps the last numbers, and recovers without help."""
    watch.forgiven.add("net::ERR_")
    record(tracker)
    app = raw_wsgi(AllowAll(), tracker)
    page.clock.install()
    with wsgiref(app) as port:
        page.goto(f"http://127.0.0.1:{port}{ADMIN}/")
        wait_for(page, "#liveness", "Live")
        record(tracker)
        page.select_option("#seconds", pace)  # which asks at once
        wait_for(page, "#tile-requests .value", "2")
        tone = page.evaluate(TONE)
    page.clock.fast_forward(31 * SECOND)
    wait_for(page, "#liveness", "Stale since ")
    text = page.inner_text("#liveness")
    assert page.evaluate(TONE) != tone, "a verdict that is old looks old"
    assert re.fullmatch(r"Stale since [\d:]{8}: the application does not answer; trying again\.", text)
    assert page.inner_text("#tile-requests .value") == "2"
    record(tracker)
    with wsgiref(app, port):
        page.clock.fast_forward(6 * SECOND)
        wait_for(page, "#liveness", "Live")
        wait_for(page, "#tile-requests .value", "3")


def test_an_answer_that_is_no_answer(page: Any, base: str, watch: Watch) -> None:
    """Without any number yet the page says why, and goes on as soon as there are some."""
    watch.forgiven.add("503")
    page.route("**/stats?*", answering(503))
    page.clock.install()
    page.goto(base)
    wait_for(page, "#liveness", "No numbers: the application answers with status 503; trying again.")
    assert page.inner_text("#status") == "No numbers yet"
    page.unroute_all()
    page.clock.fast_forward(6 * SECOND)
    wait_for(page, "#liveness", "Live")


def test_empty_states(page: Any, base: str, tracker: PerformanceTracker) -> None:
    """Before the first request the page says so instead of showing nothing; so does a table without a match."""
    page.goto(base)
    wait_for(page, "#judged", "No request has finished yet")
    assert "Endpoints appear with their first request" in page.inner_text("#no-endpoints")
    assert page.inner_text("#slow") == "No slow request."
    assert page.inner_text("#status") == "Waiting"
    assert page.locator("#warnings").is_hidden()
    assert page.locator(".plot:has-text('No request finished in this time.')").count() == 3
    assert page.inner_text("#tile-p95 .value") == "\N{EN DASH}"
    assert page.locator("#cards > *").count() == 0
    record(tracker)
    page.click("#now")
    wait_for(page, "#endpoints tbody", "GET /projects")
    page.fill("#search", "nothing like it")
    wait_for(page, "#no-endpoints", "No endpoint matches")


def test_warnings_are_seen(page: Any, base: str, tracker: PerformanceTracker) -> None:
    """Whatever the numbers are not is said on the page."""
    record(tracker)
    tracker.warn("one worker of four does not answer")
    page.goto(base)
    wait_for(page, "#warnings", "one worker of four does not answer")
    wait_for(page, "#warnings", "too few requests")


def test_readers_are_not_disturbed(page: Any, base: str, tracker: PerformanceTracker) -> None:
    """New numbers leave tables scrolled, parts open and the keyboard where they were."""
    for number in range(40):
        tracker.record("GET", f"/slow-{number}", 200, 0.9)
    page.goto(base)
    page.click("#throughput summary")
    for table in ("#throughput .scroll", "#slow .scroll"):
        page.wait_for_selector(f"{table} tbody tr")
        page.evaluate("(table) => (document.querySelector(table).scrollTop = 100)", table)
    page.click("#endpoints tbody a >> nth=0")
    page.wait_for_selector("#detail-body .figures")
    page.click("#detail summary")
    endpoint = page.inner_text("#detail-name").removeprefix("GET ")
    tracker.record("GET", endpoint, 200, 0.9)
    tracker.record("GET", "/slow-0", 200, 0.9)
    page.evaluate("document.querySelector('#now').click()")
    page.wait_for_selector("#detail dd:has-text('2')")
    wait_for(page, "#tile-requests .value", "42")
    assert page.evaluate("document.activeElement.matches('#detail summary')")
    assert page.locator("#detail .behind tbody").is_visible()
    for table in ("#throughput .scroll", "#slow .scroll"):
        assert page.evaluate("(table) => document.querySelector(table).scrollTop", table) == 100
