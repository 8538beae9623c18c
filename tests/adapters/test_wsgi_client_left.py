"""WSGI: bodies that the server closes before their end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from tests.adapters.wsgi_support import TEXT, Body, Server, Wrapped, close, gives, left_after
from tests.support import FakeClock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.mark.parametrize(
    ("headers", "pieces", "outcome"),
    [
        ((TEXT,), 0, "client_left"),
        ((TEXT,), 1, "client_left"),
        ((TEXT, ("Content-Length", "6")), 1, "client_left"),
        ((TEXT, ("content-length", "6")), 2, "ok"),
        ((TEXT, ("Content-Length", "0")), 0, "ok"),
        ((TEXT, ("Content-Length", "nonsense")), 2, "client_left"),
    ],
)
def test_closed_before_the_end(headers: tuple[tuple[str, str], ...], pieces: int, outcome: str) -> None:
    """A body closed early means that the client left, unless it had all the bytes that were declared."""
    body = Body(b"one", b"two", b"")
    wrapped = Wrapped(gives(body, "200 OK", *headers))
    left_after(Server().ask(wrapped.app), pieces)
    assert wrapped.outcome() == (outcome, "200")
    assert wrapped.stats()["duration"]["count"] == (outcome == "ok")
    assert body.closed == 1


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")]
)
def test_bodiless_answers_closed_early(method: str, status: str) -> None:
    """A server need not read a body that it will not send."""
    wrapped = Wrapped(gives(Body(b"never read"), status, ("X-None", "1")))
    left_after(Server().ask(wrapped.app, method), 0)
    assert wrapped.outcome(f"{method} /") == ("ok", status[:3])


def test_failing_answer_to_head() -> None:
    """A HEAD request that failed is no success for being closed early."""
    wrapped = Wrapped(gives(Body(b"never read"), "500 Oh", TEXT))
    left_after(Server().ask(wrapped.app, "HEAD"), 0)
    assert wrapped.outcome("HEAD /") == ("server_error", "500")


def test_write_that_raises_os_error() -> None:
    """A `write` that raises OSError says that the client left; the app gets the very same error."""
    error = BrokenPipeError("gone")

    class Gone(Server):
        def start_response(
            self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            super().start_response(status, headers, exc_info)
            return self.fail

        def fail(self, data: bytes) -> None:
            raise error

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [TEXT])(b"x")
        return []

    wrapped = Wrapped(app)
    with pytest.raises(BrokenPipeError) as caught:
        Gone().serve(wrapped.app)
    assert caught.value is error
    assert wrapped.outcome() == ("client_left", "200")


def test_closed_twice(clock: FakeClock) -> None:
    """A server that closes twice counts nothing twice."""
    wrapped = Wrapped(gives(Body(b"x", on_close=lambda: clock.tick(1))), clock=clock)
    body = Server().ask(wrapped.app)
    list(body)
    close(body)
    close(body)
    assert wrapped.outcome() == ("ok", "200")
    assert wrapped.stats()["background"]["count"] == 1
