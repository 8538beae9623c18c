"""WSGI: which moments a request's readings are taken at, and what of a body stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import TYPE_CHECKING

import pytest

from tests.adapters.wsgi_support import EVENTS, TEXT, WALL, Body, Server, Wrapped, close, gives
from tests.support import FakeClock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_plain_response(clock: FakeClock) -> None:
    """A list is timed from arrival to the end of its iteration; both sides of the middleware obey PEP 3333."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        clock.tick(0.25)
        start_response("200 OK", [TEXT, ("Content-Length", "5")])
        return [b"hel", b"lo"]

    wrapped = Wrapped(app, clock=clock)
    answer = wrapped.ask()
    assert (answer.status, answer.data, answer.headers["Content-Length"]) == ("200 OK", b"hello", "5")
    row = wrapped.row()
    assert (row["status"], row["max_duration"]) == ({"200": 1}, 0.25)
    assert row["first_byte"] == {"count": 1, "avg": 0.25, "max": 0.25}


def test_streamed_body_is_timed_to_its_last_byte(clock: FakeClock) -> None:
    """A generator counts in full, to its end, with whatever it does after its last piece."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [TEXT])
        for _ in range(4):
            clock.tick(0.5)
            yield b"piece"
        clock.tick(0.25)

    wrapped = Wrapped(app, clock=clock)
    assert wrapped.ask().data == b"piece" * 4
    assert wrapped.row()["max_duration"] == 2.25
    assert wrapped.row()["first_byte"]["max"] == 0.5


def test_back_pressure_of_the_server_counts(clock: FakeClock) -> None:
    """The time that the server takes for a piece belongs to the duration."""
    wrapped = Wrapped(gives(Body(b"a", b"b")), clock=clock)
    body = Server().ask(wrapped.app)
    for _ in body:
        clock.tick(0.5)
    close(body)
    assert wrapped.row()["max_duration"] == 1.0
    assert wrapped.row()["first_byte"]["max"] == 0.0


@pytest.mark.parametrize("pieces", [(), (b"",), (b"", b"")])
def test_empty_body_has_no_first_byte(pieces: tuple[bytes, ...]) -> None:
    """Without a byte of body there is no first byte, yet a duration."""
    wrapped = Wrapped(gives(list(pieces)))
    wrapped.ask()
    assert wrapped.stats()["first_byte"]["count"] == 0
    assert wrapped.stats()["duration"]["count"] == 1


def test_first_byte_skips_empty_pieces(clock: FakeClock) -> None:
    """Empty pieces, with which an app tells the server to wait, are no first byte."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [TEXT])
        yield b""
        clock.tick(0.5)
        yield b"late"

    wrapped = Wrapped(app, clock=clock)
    wrapped.ask()
    assert wrapped.row()["first_byte"]["max"] == 0.5


def test_work_in_close_is_no_latency(clock: FakeClock) -> None:
    """What the app does in `close` comes after the last byte."""
    body = Body(b"x", on_close=lambda: clock.tick(2))
    wrapped = Wrapped(gives(body), clock=clock)
    assert Server().serve(wrapped.app) == b"x"
    assert wrapped.row()["max_duration"] == 0.0
    assert wrapped.stats()["background"] == {"count": 1, "avg": 2.0, "max": 2.0}
    assert body.closed == 1


def test_length_of_a_list_is_kept() -> None:
    """Servers take the Content-Length from a body of one piece, so it has to keep its length."""
    wrapped = Wrapped(gives([b"one"]))
    body = Server().ask(wrapped.app)
    assert isinstance(body, Sized)
    assert len(body) == 1
    assert list(body) == [b"one"]


def test_length_is_asked_only_by_the_server() -> None:
    """A body with a length that fails is the server's business, as without perftrack."""

    class Strange(list[bytes]):
        def __len__(self) -> int:
            raise NotImplementedError

    wrapped = Wrapped(gives(Strange([b"x"])))
    body = Server().ask(wrapped.app)
    with pytest.raises(NotImplementedError):
        len(body)  # type: ignore[arg-type]  # that it can be asked is what is tested
    assert b"".join(iter(body)) == b"x"
    assert wrapped.outcome() == ("ok", "200")


def test_length_of_a_generator_is_not_invented() -> None:
    """A body without a length gets none."""
    wrapped = Wrapped(gives(Body(b"x")))
    body = Server().ask(wrapped.app)
    assert not isinstance(body, Sized)
    assert list(body) == [b"x"]
    close(body)


def test_write(clock: FakeClock) -> None:
    """What the app writes comes before what it returns; the first byte is the first one written."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        write = start_response("201 Created", [TEXT])
        clock.tick(0.25)
        write(b"written, ")
        clock.tick(0.25)
        return [b"given"]

    wrapped = Wrapped(app, clock=clock)
    assert Server().serve(wrapped.app) == b"written, given"
    assert wrapped.row()["max_duration"] == 0.5
    assert wrapped.row()["first_byte"]["max"] == 0.25
    assert wrapped.ask().data == b"written, given"


def test_late_start_response() -> None:
    """A generator says its status at the first piece; the readings have it all the same."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("418 Teapot", [TEXT])
        yield b"short and stout"

    wrapped = Wrapped(app)
    assert wrapped.ask().status == "418 Teapot"
    assert wrapped.outcome() == ("client_error", "418")


def test_event_stream_enters_no_duration(clock: FakeClock) -> None:
    """An event stream has a connection time instead, whether it ends or the client leaves."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [EVENTS])
        for _ in range(3):
            clock.tick(1)
            open_now.append(wrapped.tracker.stats()["streams"]["open"])
            yield b"data: 1\n\n"

    open_now: list[int] = []
    wrapped = Wrapped(app, clock=clock)
    Server().serve(wrapped.app)
    body = Server().ask(wrapped.app)
    next(iter(body))
    close(body)
    assert open_now == [1, 1, 1, 1]
    stats = wrapped.stats()
    assert stats["streams"] == {"open": 0, "finished": 2, "connection_time": 4.0}
    assert (stats["outcomes"]["ok"], stats["outcomes"]["client_left"]) == (1, 1)
    assert (stats["duration"]["count"], stats["slow_queries_count"]) == (0, 0)


def test_slow_request_is_logged(clock: FakeClock) -> None:
    """A slow request is in the log with path, status and readings."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("503 Busy", [TEXT])
        clock.tick(0.5)
        yield b"x"
        clock.tick(1)

    wrapped = Wrapped(app, clock=clock)
    Server().serve(wrapped.app, path="/items/7")
    [slow] = wrapped.tracker.slow_queries()
    assert (slow["endpoint"], slow["path"], slow["status"]) == ("GET /items/{id}", "/items/7", 503)
    assert (slow["duration"], slow["first_byte"], slow["outcome"]) == (1.5, 0.5, "server_error")


def test_queue_header() -> None:
    """The proxy's header is read where it is trusted."""
    header = f"t={WALL - 0.5:.3f}"
    for trusted, count in ((True, 1), (False, 0)):
        wrapped = Wrapped(gives([b"x"]), trust_queue_header=trusted)
        Server().serve(wrapped.app, HTTP_X_REQUEST_START=header)
        assert wrapped.stats()["queue"]["count"] == count
