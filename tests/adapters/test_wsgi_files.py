"""WSGI: what the server's `wsgi.file_wrapper` made stays the server's own object."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from wsgiref.util import FileWrapper

from tests.adapters.wsgi_support import TEXT, Server, Wrapped, close
from tests.support import FakeClock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def with_wrapper(wrapper: object) -> Any:
    """Make the part of an environ that offers *wrapper*."""
    return {"wsgi.file_wrapper": wrapper}


class ClosedFile(io.BytesIO):
    """A file that counts its closes."""

    closes = 0

    def close(self) -> None:
        """Count it."""
        self.closes += 1
        super().close()


class Sealed:
    """A file wrapper whose `close` can't be replaced, as of a server written in C."""

    __slots__ = ("file",)

    def __init__(self, file: io.BytesIO, size: int = 8192) -> None:
        self.file = file

    def __iter__(self) -> Iterable[bytes]:
        """Give the whole file."""
        return iter([self.file.read()])

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class Download:
    """An app that sends a file through the server's wrapper, and keeps what the wrapper made."""

    def __init__(self) -> None:
        self.file = ClosedFile(b"the file")
        self.made: Any = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the file."""
        start_response("200 OK", [TEXT, ("Content-Length", "8")])
        self.made = environ["wsgi.file_wrapper"](self.file, 4)
        made: Iterable[bytes] = self.made
        return made


def test_file_is_the_servers_own_object(clock: FakeClock) -> None:
    """The server gets its own object back, by which it knows that it may send the file itself."""
    app = Download()
    wrapped = Wrapped(app, clock=clock)
    body = Server().ask(wrapped.app, **with_wrapper(FileWrapper))
    assert body is app.made
    assert type(body) is FileWrapper
    assert b"".join(body) == b"the file"
    close(body)
    assert app.file.closes == 1
    assert wrapped.outcome() == ("ok", "200")


def test_file_is_timed_until_close(clock: FakeClock) -> None:
    """The duration ends when the server closes the file; nobody has to iterate it."""
    wrapped = Wrapped(Download(), clock=clock)
    body = Server().ask(wrapped.app, **with_wrapper(FileWrapper))
    clock.tick(0.5)
    assert wrapped.tracker.stats()["in_flight"] == 1
    close(body)
    assert wrapped.row()["max_duration"] == 0.5
    assert wrapped.row()["first_byte"]["max"] == 0.0


def test_file_whose_close_cannot_be_replaced(clock: FakeClock) -> None:
    """Such a file is timed to the app's return, which a warning admits; it is handed on all the same."""
    app = Download()
    wrapped = Wrapped(app, clock=clock)
    body = Server().ask(wrapped.app, **with_wrapper(Sealed))
    assert body is app.made
    clock.tick(0.5)
    close(body)
    assert app.file.closes == 1
    stats = wrapped.tracker.stats()
    assert (stats["in_flight"], stats["duration"]["max"], stats["outcomes"]["ok"]) == (0, 0.0, 1)
    assert stats["warnings"] == ["untimed_files: 1 file responses were timed to the app's return only"]


def test_file_wrapper_that_is_a_function(clock: FakeClock) -> None:
    """Some servers know the file again by its identity, as their wrapper is a function; it is their own then too."""

    def wrapper(file: io.BytesIO, size: int = 8192) -> io.BytesIO:
        return file

    app = Download()
    wrapped = Wrapped(app, clock=clock)
    body = Server().ask(wrapped.app, **with_wrapper(wrapper))
    assert body is app.made is app.file
    clock.tick(0.5)
    close(body)
    assert app.file.closes == 1
    assert wrapped.row()["max_duration"] == 0.5


def test_other_bodies_beside_a_function_wrapper() -> None:
    """Where the wrapper is a function, what it did not make is an ordinary body."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [TEXT])
        environ["wsgi.file_wrapper"](io.BytesIO(b"changed its mind"))
        return [b"x"]

    def wrapper(file: io.BytesIO) -> io.BytesIO:
        return file

    wrapped = Wrapped(app)
    assert Server().serve(wrapped.app, **with_wrapper(wrapper)) == b"x"
    assert wrapped.outcome() == ("ok", "200")


def test_close_that_raises() -> None:
    """A file whose `close` raises counts, and the exception is passed on."""

    class Broken(FileWrapper):
        def __init__(self, file: io.BytesIO, size: int) -> None:
            super().__init__(file, size)
            self.close = self.fail

        def fail(self) -> None:
            raise LookupError

    wrapped = Wrapped(Download())
    wrapped.raises(LookupError, **with_wrapper(Broken))
    assert wrapped.outcome() == ("ok", "200")


def test_file_without_close() -> None:
    """A wrapper around a file without `close` gets one, for timing."""

    class Plain:
        def __init__(self, file: io.BytesIO, size: int) -> None:
            self.file = file

        def __iter__(self) -> Any:
            return iter([self.file.read()])

    wrapped = Wrapped(Download())
    assert Server().serve(wrapped.app, **with_wrapper(Plain)) == b"the file"
    assert wrapped.outcome() == ("ok", "200")
