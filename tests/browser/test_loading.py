"""How the page comes: in one round trip after its HTML, and without jumping when the numbers arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from perftrack import PerformanceTracker
from perftrack.admin.page import ASSETS

PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
FIRST = {"page.css", "theme.js"}
JUMPS = """new Promise((done) => {
    let total = 0;
    const add = (list) => list.getEntries().forEach(({ value }) => (total += value));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(total), 300);
})"""


class Held:
    """Requests that wait for their answers."""

    def __init__(self) -> None:
        self.waiting: dict[str, Any] = {}
        """What has been asked for and not been answered, by file."""

    def hold(self, route: Any) -> None:
        """Let the answer to one request wait; the HTML itself comes."""
        if route.request.resource_type == "document":
            route.continue_()
        else:
            self.waiting[name(route.request.url)] = route

    def release(self, files: Iterable[str]) -> None:
        """Let the answers come."""
        for file in files:
            self.waiting.pop(file).continue_()


def soon(page: Any, holds: Callable[[], bool]) -> bool:
    """Tell whether something holds within five seconds."""
    for _ in range(50):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False


def name(address: str) -> str:
    """Return the last part of an address."""
    return address.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def held(page: Any, base: str, tracker: PerformanceTracker) -> Iterator[Held]:
    """A page of which nothing but the HTML has come so far."""
    tracker.record("GET", "/projects", 200, 0.02)
    waiting = Held()
    page.route("**/*", waiting.hold)
    page.goto(base, wait_until="commit")
    yield waiting
    waiting.release(list(waiting.waiting))


def test_all_is_asked_for_at_once(page: Any, held: Held) -> None:
    """Before any answer has come the browser has asked for every file of the page and for the numbers."""
    wanted = {*ASSETS, "stats"} - {"sign-in.js"}
    assert soon(page, lambda: held.waiting.keys() == wanted), held.waiting.keys() ^ wanted
    held.release(wanted)
    page.wait_for_selector("#endpoints tbody tr")
    assert not held.waiting


def test_the_first_paint_waits_for_no_script(page: Any, held: Held) -> None:
    """The style sheet and the theme are enough to see the page, which says that it is loading."""
    assert soon(page, lambda: held.waiting.keys() >= FIRST)
    assert not page.evaluate(PAINTED)
    held.release(FIRST)
    assert soon(page, lambda: bool(page.evaluate(PAINTED)))
    assert page.inner_text("#status") == "Loading"
    assert page.locator("#tile-requests").count() == 0


@pytest.mark.parametrize("size", [(1200, 900), (768, 1000), (360, 740)])
def test_nothing_jumps(page: Any, base: str, tracker: PerformanceTracker, size: tuple[int, int]) -> None:
    """What is in sight keeps its place when the numbers arrive: browsers call a shift of less than 0.1 good."""
    for _ in range(30):
        tracker.record("GET", "/projects", 200, 0.02)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(base)
    page.wait_for_selector("#endpoints tbody tr")
    assert page.evaluate(JUMPS) < 0.1
