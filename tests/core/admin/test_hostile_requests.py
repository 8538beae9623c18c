"""Wherever a client can put text (path, query, method, host, what a label gives), it is inert wherever it comes out."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from perftrack.admin import Admin, AdminRequest
from perftrack.admin.handlers import ROUTES
from perftrack.exchange import Exchange, begin
from perftrack.labels import Label
from perftrack.terminal import table
from tests.core.admin.test_hostile_text import HOSTILE
from tests.support import FakeClock

PLACES = ("path", "query", "method", "host", "label")
PLAIN = "/seen"


class Names(HTMLParser):
    """Collects what a page has besides text: the names of tags and attributes, and comments."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.found.update([tag, *(f"{tag} {name}" for name, _ in attrs)])

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.found.add(f"<!--{data}")


def came(place: str, text: str) -> PerformanceTracker:
    """Give the tracker after requests with *text* at *place*, all of them slow and failed: they are in every answer."""
    clock = FakeClock()
    tracker = PerformanceTracker(clock=clock, record_query_strings=True)
    sent = {**dict.fromkeys(PLACES, PLAIN), "method": "GET", place: text}
    source: dict[str, Any] = {
        "query_string": sent["query"].encode("utf-8", "surrogatepass"),
        "headers": [(b"host", sent["host"].encode("utf-8", "surrogatepass"))],
        "HTTP_HOST": sent["host"],
    }
    label: Label | None = None if place == "path" else lambda _: sent["label"]
    for _ in range(30):
        exchange = begin(Exchange, tracker, label, source, sent["method"], sent["path"])
        exchange.status = 500
        clock.tick(1.5)
        exchange.complete()
    assert tracker.stats()["total_requests"] == 30
    return tracker


def answer(tracker: PerformanceTracker, target: str, text: str = PLAIN) -> bytes:
    """Ask for an admin page, as a client that has *text* for its host."""
    path, _, query = target.partition("?")
    response = Admin(tracker, access=AllowAll()).handle(AdminRequest("GET", path, query, {"host": text}))
    assert response.status == 200, response
    return response.body


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_json(place: str, kind: str) -> None:
    """Printable ASCII without `<`, `>` and `&`, in every answer; the host and an unknown method are in none."""
    tracker = came(place, HOSTILE[kind])
    targets = [path for path, route in ROUTES.items() if "GET" in route.methods and isinstance(route.answer, type)]
    targets.remove("/endpoint")
    for target in (*targets, "/stats?include=health,series,slow,caches"):
        text = answer(tracker, target, HOSTILE[kind] if place == "host" else PLAIN).decode("ascii")
        assert text.isprintable()
        assert not re.search("[<>&]", text)
    for name in tracker.stats()["endpoint_stats"]:
        detail = tracker.endpoint(name)
        assert detail is not None
        assert (place in ("path", "label")) == (PLAIN not in detail["endpoint"])


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_page(place: str, kind: str) -> None:
    """No tag, attribute or comment that the page does not have with harmless text, and nothing that cannot be seen."""
    page = answer(came(place, HOSTILE[kind]), "/").decode()
    assert Names(page).found == Names(answer(came(place, PLAIN), "/").decode()).found
    assert page.replace("\n", "").isprintable()


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_terminal(place: str, kind: str) -> None:
    """No escape sequence, no line, and no letter that would reorder the numbers beside it."""
    tracker = came(place, HOSTILE[kind])
    text = table.render(tracker.stats(), tracker.health(), colour=False)
    assert text.replace("\n", "").isprintable()
    assert not {unicodedata.bidirectional(char) for char in text} & {"R", "AL", "AN", "RLO", "RLE", "RLI", "FSI"}
    assert len([line for line in text.splitlines() if line.startswith(("GET ", "OTHER "))]) == 1


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_log(place: str, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """A request that is counted and shown leaves no line, whatever it is called."""
    tracker = came(place, HOSTILE[kind])
    answer(tracker, "/stats")
    assert caplog.records == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_label_that_gives_no_text(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """perftrack's own complaint about a label quotes what it gave as a literal, on one line."""
    tracker = PerformanceTracker()

    def label(source: object) -> Any:
        return [HOSTILE[kind]]

    begin(Exchange, tracker, label, {}, "GET", "/").complete()
    [record] = caplog.records
    assert record.exc_info
    assert str(record.exc_info[1]).isprintable()
    assert tracker.stats()["warnings"] == ["perftrack failed 1 times; the log has the first failure"]
