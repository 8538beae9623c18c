"""The demo: its shop, its visitors, the comparison of what was sent with what was measured, and all of it together."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import islice
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from perftrack import PerformanceTracker
from perftrack_cli import traffic
from perftrack_cli.shop import EXPORT_CHUNKS, FEED_CHUNKS, SLOW_SECONDS, PaymentError, Shop
from perftrack_cli.tally import Tally, comparison
from perftrack_cli.traffic import KINDS, Visit, visits
from tests.adapters.apps.command import running

Answer = tuple[str, dict[str, str], list[bytes]]


@pytest.fixture
def slept() -> list[float]:
    """What the shop has slept, instead of sleeping."""
    return []


@pytest.fixture
def shop(slept: list[float]) -> Shop:
    """A shop that does not sleep."""
    return Shop(sleep=slept.append)


def visit(shop: Shop, method: str, path: str, body: bytes = b"") -> Answer:
    """Send one request through the checker of the WSGI specification."""
    path, _, query = path.partition("?")
    environ: dict[str, object] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": ""}
    environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    setup_testing_defaults(environ)
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        said.append((status, headers))
        return io.BytesIO().write

    answer = validator(shop)(environ, start_response)
    pieces = list(answer)
    answer.close()  # type: ignore[attr-defined] # the validator's iterator has it
    return said[0][0], dict(said[0][1]), pieces


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", b"", "200 OK"),
        ("GET", "/products", b"", "200 OK"),
        ("HEAD", "/products", b"", "200 OK"),
        ("GET", "/products/40", b"", "200 OK"),
        ("GET", "/products/41", b"", "404 Not Found"),
        ("GET", "/products/²", b"", "404 Not Found"),
        ("GET", "/search?q=3", b"", "200 OK"),
        ("POST", "/checkout", b"card=good", "201 Created"),
        ("POST", "/checkout", b"card=declined", "500 Internal Server Error"),
        ("GET", "/export.csv", b"", "200 OK"),
        ("GET", "/checkout", b"", "404 Not Found"),
        ("GET", "/wp-login.php", b"", "404 Not Found"),
    ],
)
def test_shop_answers(shop: Shop, method: str, path: str, body: bytes, status: str) -> None:
    """Each page answers as the request asks for, within the WSGI specification."""
    answered, headers, pieces = visit(shop, method, path, body)
    assert answered == status
    if method != "HEAD" and "Content-Length" in headers:
        assert int(headers["Content-Length"]) == len(b"".join(pieces))


def test_shop_is_slow_where_asked(shop: Shop, slept: list[float]) -> None:
    """The search for everything is the slow one."""
    visit(shop, "GET", "/search?q=everything")
    assert slept == [SLOW_SECONDS]


def test_shop_fails_where_asked(shop: Shop) -> None:
    """A broken card raises out of the app."""
    with pytest.raises(PaymentError):
        visit(shop, "POST", "/checkout", b"card=broken")


def test_shop_streams(shop: Shop) -> None:
    """The export comes in pieces, and the feed lasts much longer than anyone listens, but not for ever."""
    assert len(visit(shop, "GET", "/export.csv")[2]) == EXPORT_CHUNKS
    assert len(visit(shop, "GET", "/orders/feed")[2]) == FEED_CHUNKS


def test_traffic_repeats_itself() -> None:
    """The same seed gives the same visits in the same order, another seed another order."""
    first, again, other = (list(islice(visits(seed), 300)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_each_hundred_visits_hold_every_kind() -> None:
    """Also a short demo shows slow, failing, missing and abandoned requests: the weights hold for each hundred."""
    assert sum(KINDS.values()) == 100
    hundreds = [Counter(each.endpoint for each in islice(visits(seed), 100)) for seed in range(5)]
    assert all(counts == hundreds[0] for counts in hundreds)
    assert sum(each.leaves for each in islice(visits(7), 1000)) == 10 * KINDS["leaves"]


def test_traffic_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends as many requests as it was given and no more, and counts those that got no answer."""
    monkeypatch.setattr("http.client.HTTPConnection", _Refusing)
    sender = traffic.Traffic(port=1, per_second=1e9, most=25)
    sender.start()
    sender.join()
    assert sender.tally == Tally(failed=25)


class _Refusing:
    def __init__(self, *arguments: object, **keywords: object) -> None:
        """Take what a connection takes."""

    def request(self, *arguments: object) -> None:
        raise ConnectionRefusedError


def test_comparison_of_equals() -> None:
    """When every cell agrees, one line says so."""
    sent, tracker = _pair()
    expected = "sent 3 requests, measured 3: equal for every endpoint, status and client that left"
    assert comparison(sent, tracker.stats()) == expected


def test_comparison_names_each_difference() -> None:
    """Each cell that differs has a line, also when the totals agree."""
    sent, tracker = _pair()
    sent.count("GET /a", 200, left=True)
    sent.count("GET /b", None)
    tracker.record("GET", "/a", 500, 0.01)
    assert comparison(sent, tracker.stats()).split("\n") == [
        "sent 4 requests, measured 4",
        "  GET /a 200: sent 3, measured 2",
        "  GET /a 500: sent 0, measured 1",
        "  GET /a client left: sent 1, measured 0",
        "  1 more got no answer",
    ]


def _pair() -> tuple[Tally, PerformanceTracker]:
    sent, tracker = Tally(), PerformanceTracker()
    for status in (200, 200, 404):
        sent.count("GET /a", status)
        tracker.record("GET", "/a", status, 0.01)
    return sent, tracker


def test_visit_is_what_was_sent() -> None:
    """The endpoint of a visit is the name under which perftrack counts it."""
    assert {each.endpoint.split()[0] for each in islice(visits(1), 500)} == {"GET", "HEAD", "POST"}
    assert all(each.method == each.endpoint.split()[0] for each in islice(visits(1), 500))
    assert Visit("GET /", "GET", "/") in set(islice(visits(1), 100))


def test_demo_measures_what_it_sends() -> None:
    """A real demo over sockets: the admin pages answer while it runs, and in the end every count is exact."""
    with running("demo", "--seconds", "2", "--requests-per-second", "150") as demo:
        assert demo.request("GET", "/admin/performance/stats")[0] == 401
        token = re.search(r'"Authorization: Bearer (\S+)"', "\n".join(demo.lines))
        assert token, demo.lines
        assert demo.admin("/stats", token[1])["scope"] == "process"
        ended, out = demo.end()
    assert ended == 0
    found = re.search(r"sent (\d+) requests, measured (\d+): equal for every endpoint, status and client", out)
    assert found, out
    assert int(found[1]) == int(found[2]) > 100
    assert "\x1b" not in out
    for endpoint in ("GET /products/{id}", "HEAD /products", "POST /checkout", "GET <unmatched>", "GET /orders/feed"):
        assert re.search(rf"^{re.escape(endpoint)} +\d", out, re.MULTILINE), out


def test_demo_prints_a_link_that_signs_in_once() -> None:
    """The code of the link opens the pages for the browser that posts it first, and for no other."""
    with running("demo", "--requests-per-second", "1") as demo:
        code = re.search(r"http://127\.0\.0\.1:\d+/admin/performance/#code=(\S+) ", "\n".join(demo.lines))
        assert code, demo.lines
        first, again = demo.sign_in(code[1]), demo.sign_in(code[1])
        assert again is None
        assert demo.request("GET", "/admin/performance/stats", Cookie=first or "")[0] == 200
        status, out = demo.stop()
    assert status == 0
    assert code[1] not in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demo_ends_at_a_signal(number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the demo as the end of its time does: with the table and exit status 0."""
    with running("demo") as demo:
        status, out = demo.stop(number)
    assert status == 0
    assert "health: " in out
    assert ": equal for every endpoint" in out
    assert "Traceback" not in out


def test_demo_with_a_reader_that_has_enough() -> None:
    """A reader that closes its end, as `head` does, ends the demo without a traceback."""
    command = [sys.executable, "scripts/demo.py", "--seconds", "1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        demo.stdout.readline()
        demo.stdout.close()
        assert demo.stderr.read() == ""
        assert demo.wait(60) == 0
