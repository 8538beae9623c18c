"""WSGI: each request has exactly one outcome, whatever happens to it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.adapters.wsgi_support import TEXT, Body, Server, Wrapped, gives

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def root(source: object) -> str:
    """Label everything with the same route."""
    return "/"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("200 OK", "ok"),
        ("204 No Content", "ok"),
        ("304 Not Modified", "ok"),
        ("400 Bad Request", "client_error"),
        ("404 Not Found", "client_error"),
        ("500 Oh", "server_error"),
        ("503 Busy", "server_error"),
    ],
)
def test_status_says_the_outcome(status: str, outcome: str) -> None:
    """A whole response has the outcome of its status."""
    wrapped = Wrapped(gives([], status, ("X-None", "1")), label=root)
    Server().serve(wrapped.app)
    assert wrapped.outcome() == (outcome, status[:3])


def test_app_raises_before_it_returns() -> None:
    """An exception is a server error, 500 even where a status was said but not sent; the very same one comes out."""
    for said in ([], ["200 OK"]):
        error = LookupError("from the app")
        wrapped = Wrapped(_raises(error, *said))
        with pytest.raises(LookupError) as caught:
            Server().serve(wrapped.app)
        assert caught.value is error
        assert wrapped.outcome() == ("server_error", "500")


@pytest.mark.parametrize(
    ("pieces", "status"),
    [((), "500"), ((b"",), "500"), ((b"first",), "200")],
)
def test_body_raises(pieces: tuple[bytes, ...], status: str) -> None:
    """A body that fails is a server error: 500 as long as no byte was out, for servers hold the status till then."""
    error = LookupError("in the body")
    body = Body(*pieces, error)
    wrapped = Wrapped(gives(body))
    with pytest.raises(LookupError) as caught:
        Server().serve(wrapped.app)
    assert caught.value is error
    assert wrapped.outcome() == ("server_error", status)
    assert body.closed == 1


def test_raises_after_write() -> None:
    """What was written has taken the status with it."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("201 Created", [TEXT])(b"written")
        raise LookupError

    wrapped = Wrapped(app)
    wrapped.raises(LookupError)
    assert wrapped.outcome() == ("server_error", "201")


@pytest.mark.parametrize("ending", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("late", [False, True])
def test_worker_is_stopped(ending: type[BaseException], late: bool) -> None:
    """A worker that is being stopped did not serve the request, and it was not the client who left."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [TEXT])
        return pieces() if late else stop()

    def pieces() -> Iterator[bytes]:
        yield b"first"
        raise ending

    def stop() -> Iterable[bytes]:
        raise ending

    wrapped = Wrapped(app)
    with pytest.raises(ending):
        Server().serve(wrapped.app)
    assert wrapped.outcome()[0] == "server_error"


def test_start_response_again_before_output() -> None:
    """An app may replace its answer by an error page, until something was sent."""
    wrapped = Wrapped(_changes_its_mind(keyword=False))
    server = Server()
    assert server.serve(wrapped.app) == b"sorry"
    assert server.statuses == ["200 OK", "500 Oh"]
    assert server.headers == [TEXT, ("X-Error", "1")]
    assert server.exc_infos[0] is None
    assert isinstance(server.exc_infos[1][1], LookupError)
    assert wrapped.outcome() == ("server_error", "500")


def test_start_response_with_a_keyword() -> None:
    """Servers let `exc_info` be given by name, so an app that does it works here too."""
    server = Server()
    wrapped = Wrapped(_changes_its_mind(keyword=True))
    assert server.serve(wrapped.app) == b"sorry"
    assert isinstance(server.exc_infos[1][1], LookupError)


def test_start_response_again_after_output() -> None:
    """After output the server raises what it was given; the status stays the one that was sent."""

    class Strict(Server):
        def start_response(
            self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            if exc_info is not None:
                raise exc_info[1]
            return super().start_response(status, headers)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [TEXT])
        yield b"half"
        try:
            raise LookupError("too late")
        except LookupError:
            start_response("500 Oh", [TEXT], sys.exc_info())
        yield b"never"

    wrapped = Wrapped(app)
    with pytest.raises(LookupError, match="too late"):
        Strict().serve(wrapped.app)
    assert wrapped.outcome() == ("server_error", "200")


def test_no_start_response() -> None:
    """An app that gives a body and no status made a server error without a status."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return []

    wrapped = Wrapped(app)
    Server().serve(wrapped.app)
    assert wrapped.outcome() == ("server_error", "none")


def test_body_that_is_none() -> None:
    """An app that returns no iterable fails where the server iterates, and counts as a failure."""
    wrapped = Wrapped(gives(None))  # type: ignore[arg-type]  # what apps do that forget their return
    wrapped.raises(TypeError)
    assert wrapped.outcome() == ("server_error", "500")


def test_close_that_raises() -> None:
    """A `close` that raises is passed on, and the response stays as good as it was."""
    error = LookupError("in close")

    def fail() -> None:
        raise error

    body = Body(b"whole", on_close=fail)
    wrapped = Wrapped(gives(body))
    with pytest.raises(LookupError) as caught:
        Server().serve(wrapped.app)
    assert caught.value is error
    assert body.closed == 1
    assert wrapped.outcome() == ("ok", "200")


def _raises(error: Exception, *statuses: str) -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        for status in statuses:
            start_response(status, [TEXT])
        raise error

    return app


def _changes_its_mind(keyword: bool) -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [TEXT])
        try:
            raise LookupError
        except LookupError:
            exc_info = sys.exc_info()
            headers = [TEXT, ("X-Error", "1")]
            if keyword:
                start_response(status="500 Oh", headers=headers, exc_info=exc_info)
            else:
                start_response("500 Oh", headers, exc_info)
        return [b"sorry"]

    return app
