"""The gaps of a server that reads status and headers when the app returns, and hands out no `write`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from perftrack_cli.pep3333 import FullWSGI

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Body:
    """A body that notes when it is closed."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self.pieces = pieces
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces."""
        return self.pieces()

    def close(self) -> None:
        """Note it."""
        self.closed += 1


class Server:
    """Remembers the status that was said by the time the app returned."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def start_response(self, status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        """Give no write, as granian does."""
        self.said.append(status)

    def ask(self, app: Any) -> Iterable[bytes]:
        """Send one request."""
        return FullWSGI(app)({}, self.start_response)


def test_an_ordinary_body_goes_on_untouched() -> None:
    """An app that calls `start_response` and returns has its own object handed on."""
    body = [b"a"]

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return body

    assert Server().ask(app) is body


def test_a_generator_has_said_its_status_in_time() -> None:
    """The status is known when the app returns, and no piece is lost, not even an empty one before it."""
    server = Server()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        yield b""
        start_response("201 Created", [])
        yield b"a"
        yield b"b"

    body = server.ask(app)
    assert server.said == ["201 Created"]
    assert list(body) == [b"", b"a", b"b"]


def test_only_what_is_needed_is_taken_early() -> None:
    """A stream is not read ahead further than to the piece before which the status was said."""
    taken: list[int] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        for number in range(3):
            taken.append(number)
            yield b"x"

    body = iter(Server().ask(app))
    assert taken == [0]
    next(body)
    assert taken == [0]


def test_written_pieces_come_first() -> None:
    """What went through `write` comes before what was returned."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        write = start_response("200 OK", [])
        write(b"a")
        write(b"b")
        return [b"c"]

    assert list(Server().ask(app)) == [b"a", b"b", b"c"]


def test_close_reaches_the_body() -> None:
    """The body of the app is closed when the server closes what it got."""
    server = Server()
    held: list[Body] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def pieces() -> Iterator[bytes]:
            start_response("200 OK", [])
            yield b"a"

        held.append(Body(pieces))
        return held[0]

    body: Any = server.ask(app)
    assert list(body) == [b"a"]
    body.close()
    assert held[0].closed == 1


@pytest.mark.parametrize("failing", [True, False])
def test_a_failure_before_the_status_is_raised_and_closed(failing: bool) -> None:
    """An app that fails, or ends, before it said its status raises, so that the server answers 500."""

    def pieces() -> Iterator[bytes]:
        if failing:
            raise KeyError("early")
        yield b"never said"

    body = Body(pieces)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return body

    with pytest.raises(KeyError if failing else RuntimeError):
        Server().ask(app)
    assert body.closed == 1
