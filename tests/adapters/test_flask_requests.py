"""Flask: outcomes and times of what its requests can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults

import pytest
from flask import Flask, Response, abort, send_file, stream_with_context
from werkzeug.test import Client, run_wsgi_app

from perftrack import PerformanceTracker
from perftrack_flask import PerfTrack
from tests.adapters.native_support import outcomes, rows
from tests.support import FakeClock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Shop:
    """An app of hard cases, whose clock only the app itself moves."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.tracker = PerformanceTracker(clock=self.clock)
        self.app = Flask("shop")
        self.app.logger.disabled = True
        PerfTrack(self.app, tracker=self.tracker)
        for name in ("stream", "events", "broken", "error", "refused", "file", "empty"):
            self.app.add_url_rule(f"/{name}/<a>", view_func=getattr(self, name))

    def stream(self, a: str) -> Response:
        """Take a second for each of three pieces."""
        return Response(stream_with_context(self._pieces()), mimetype="text/plain")

    def events(self, a: str) -> Response:
        """Send events, which are meant to last."""
        return Response(self._pieces(), mimetype="text/event-stream")

    def _pieces(self) -> Iterator[bytes]:
        for _ in range(3):
            self.clock.tick(1)
            yield b"piece"

    def broken(self, a: str) -> Response:
        """Fail after the first piece."""
        return Response(self._broken_pieces())

    def _broken_pieces(self) -> Iterator[bytes]:
        yield b"piece"
        raise RuntimeError("in the middle")

    def error(self, a: str) -> str:
        """Fail."""
        raise RuntimeError("on purpose")

    def refused(self, a: str) -> str:
        """Refuse."""
        abort(409)

    def file(self, a: str) -> Response:
        """Send a file."""
        return send_file(Path(__file__), mimetype="text/plain")

    def empty(self, a: str) -> tuple[str, int]:
        """Have nothing to say."""
        return "", 204

    def ask(self, path: str) -> int:
        """Send a request and read the whole answer. Give its status."""
        with Client(self.app).get(path) as response:
            response.get_data()
            return response.status_code


@pytest.fixture
def shop() -> Shop:
    """A new app."""
    return Shop()


def environ_of(path: str) -> WSGIEnvironment:
    """Make the environ of a request."""
    environ: WSGIEnvironment = {"PATH_INFO": path}
    setup_testing_defaults(environ)
    return environ


def test_streamed_body(shop: Shop) -> None:
    """A streamed response is timed to its last byte, and its first byte on the way."""
    shop.ask("/stream/1")
    stats = shop.tracker.stats()
    assert (stats["duration"]["max"], stats["first_byte"]["max"]) == (3, 1)


def test_event_stream(shop: Shop) -> None:
    """A stream of events has no duration."""
    shop.ask("/events/1")
    stats = shop.tracker.stats()
    assert (stats["duration"]["count"], stats["streams"]["finished"]) == (0, 1)


def test_client_left(shop: Shop) -> None:
    """A response that the server closes before its end is one whose client left."""
    pieces, _, _ = run_wsgi_app(shop.app, environ_of("/stream/1"), buffered=False)
    next(iter(pieces))
    pieces.close()  # type: ignore[attr-defined] # werkzeug's iterator has it
    assert outcomes(shop.tracker, "GET /stream/{a}") == {"client_left": 1}


@pytest.mark.parametrize(
    ("name", "status", "outcome"),
    [
        ("error", 500, "server_error"),
        ("refused", 409, "client_error"),
        ("file", 200, "ok"),
        ("empty", 204, "ok"),
    ],
)
def test_outcomes(shop: Shop, name: str, status: int, outcome: str) -> None:
    """Errors keep their route, and the status that was sent."""
    assert shop.ask(f"/{name}/1") == status
    assert rows(shop.tracker) == {f"GET /{name}/{{a}}": {str(status): 1}}
    assert outcomes(shop.tracker, f"GET /{name}/{{a}}") == {outcome: 1}


def test_error_after_the_first_piece(shop: Shop) -> None:
    """A body that breaks off is an error, whatever status had been sent."""
    with pytest.raises(RuntimeError, match="in the middle"):
        shop.ask("/broken/1")
    assert rows(shop.tracker) == {"GET /broken/{a}": {"200": 1}}
    assert outcomes(shop.tracker, "GET /broken/{a}") == {"server_error": 1}


def test_testing_mode(shop: Shop) -> None:
    """Where Flask lets exceptions out, they pass, and the route is known all the same."""
    shop.app.testing = True
    with pytest.raises(RuntimeError, match="on purpose"):
        shop.ask("/error/1")
    assert rows(shop.tracker) == {"GET /error/{a}": {"500": 1}}


def test_error_handler_of_the_app(shop: Shop) -> None:
    """What the app's own handler answers is what counts."""
    shop.app.register_error_handler(RuntimeError, lambda error: ("gone", 410))
    shop.ask("/error/1")
    assert rows(shop.tracker) == {"GET /error/{a}": {"410": 1}}


def test_error_in_teardown(shop: Shop) -> None:
    """An exception out of a teardown function reaches the server, and is an error of its route."""

    def teardown(error: BaseException | None) -> Any:
        raise RuntimeError("in teardown")

    shop.app.teardown_request(teardown)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - Flask 3.2 groups them
        shop.ask("/empty/1")
    assert "in teardown" in str(getattr(caught.value, "exceptions", caught.value))
    assert outcomes(shop.tracker, "GET /empty/{a}") == {"server_error": 1}


def test_error_in_after_request(shop: Shop) -> None:
    """An exception in `after_request` is Flask's 500, and belongs to its route."""

    def after(response: Response) -> Response:
        raise RuntimeError("after")

    shop.app.after_request(after)
    assert shop.ask("/empty/1") == 500
    assert outcomes(shop.tracker, "GET /empty/{a}") == {"server_error": 1}


def test_teardown_is_inside(shop: Shop) -> None:
    """All of Flask is inside the measurement: time in a teardown function counts."""

    def teardown(error: BaseException | None) -> None:
        shop.clock.tick(2)

    shop.app.teardown_request(teardown)
    shop.ask("/empty/1")
    assert shop.tracker.stats()["duration"]["max"] == 2


def test_threads_do_not_mix(shop: Shop) -> None:
    """Requests that interleave keep their routes."""
    first = iter(run_wsgi_app(shop.app, environ_of("/stream/1"), buffered=False)[0])
    next(first)
    shop.ask("/refused/1")
    assert b"".join(first) == b"piece" * 2
    assert rows(shop.tracker) == {"GET /stream/{a}": {"200": 1}, "GET /refused/{a}": {"409": 1}}
