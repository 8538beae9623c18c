"""One wrapped WSGI app, and a server in miniature that does only what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from werkzeug.test import Client, TestResponse

from perftrack import AllowAll, PerformanceTracker
from perftrack.shapes import EndpointStats, Stats
from perftrack_wsgi import PerformanceMiddleware
from tests.support import FakeClock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WALL = 1_768_473_000.0  # 2026-01-15T10:30:00Z
TEXT: tuple[str, str] = ("Content-Type", "text/plain")
EVENTS: tuple[str, str] = ("Content-Type", "text/event-stream")


def gives(body: Iterable[bytes], status: str = "200 OK", *headers: tuple[str, str]) -> WSGIApplication:
    """Make an app that answers with *body*."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [*(headers or (TEXT,))])
        return body

    return app


class Body:
    """Pieces that come one by one, each from a callable, and a note of every close."""

    def __init__(self, *pieces: bytes | Exception, on_close: Callable[[], object] | None = None) -> None:
        self._pieces = pieces
        self._on_close = on_close
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces; raise where one is an exception."""
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self) -> None:
        """Note it."""
        self.closed += 1
        if self._on_close is not None:
            self._on_close()


class Server:
    """What a server sees of one request."""

    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.headers: list[tuple[str, str]] = []
        self.exc_infos: list[Any] = []
        self.written: list[bytes] = []

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        """Note status and headers."""
        self.statuses.append(status)
        self.headers = headers
        self.exc_infos.append(exc_info)
        return self.written.append

    def ask(self, app: WSGIApplication, method: str = "GET", path: str = "/", **environ: Any) -> Iterable[bytes]:
        """Call *app*, and leave its body alone."""
        whole: dict[str, Any] = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, **environ}
        setup_testing_defaults(whole)
        return app(whole, self.start_response)

    def serve(self, app: WSGIApplication, method: str = "GET", path: str = "/", **environ: Any) -> bytes:
        """Send one request, and take all of the answer."""
        body = self.ask(app, method, path, **environ)
        try:
            pieces = list(body)
        finally:
            close(body)
        return b"".join([*self.written, *pieces])


def close(body: Iterable[bytes]) -> None:
    """Close *body*, as a server does."""
    closing: Callable[[], object] | None = getattr(body, "close", None)
    if closing is not None:
        closing()


def left_after(body: Iterable[bytes], pieces: int) -> None:
    """Take some *pieces* of body and close it, as a server does whose client has gone."""
    iterator = iter(body)
    for _ in range(pieces):
        next(iterator)
    close(body)


class Wrapped:
    """An app with its middleware, a tracker of its own and a clock that stands still."""

    def __init__(self, app: WSGIApplication, **arguments: Any) -> None:
        names = ("access", "admin_prefix", "label")
        own: dict[str, Any] = {"access": AllowAll()}
        own.update({name: arguments.pop(name) for name in names if name in arguments})
        self.clock: FakeClock = arguments.pop("clock", None) or FakeClock()
        self.tracker = PerformanceTracker(clock=self.clock, wall=lambda: WALL, **arguments)
        self.app: WSGIApplication = PerformanceMiddleware(app, self.tracker, **own)
        self.validated: WSGIApplication = validator(PerformanceMiddleware(validator(app), self.tracker, **own))

    def ask(self, method: str = "GET", path: str = "/", **more: Any) -> TestResponse:
        """Send one request through werkzeug's client, with both sides of the middleware held to PEP 3333."""
        response = Client(self.validated).open(path, method=method, **more)
        assert response.data is not None
        response.close()
        return response

    def raises(self, error: type[Exception], **more: Any) -> None:
        """Send one request that ends with an exception."""
        with suppress(error):
            Server().serve(self.app, **more)
            raise AssertionError("nothing raised")

    def stats(self) -> Stats:
        """Give all numbers; nothing is in flight and nothing in perftrack has failed."""
        stats = self.tracker.stats()
        assert stats["in_flight"] == 0
        assert stats["warnings"] == []
        return stats

    def row(self, name: str = "GET /") -> EndpointStats:
        """Give the only row."""
        rows = self.stats()["endpoint_stats"]
        assert list(rows) == [name]
        return rows[name]

    def outcome(self, name: str = "GET /") -> tuple[str, str]:
        """Give outcome and status of the only request."""
        row = self.row(name)
        assert row["total_requests"] == 1
        outcomes = [outcome for outcome, count in row["outcomes"].items() if count]
        return outcomes[0], next(iter(row["status"]))
