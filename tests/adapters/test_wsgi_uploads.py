"""WSGI: clients that leave during their upload, or while the server writes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.adapters.wsgi_support import TEXT, Body, Server, Wrapped, close, gives

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Use = Callable[[Any], object]
LENGTH = 12
ALL_OF_IT: list[Use] = [
    lambda given: given.read(),
    lambda given: given.read(LENGTH),
    lambda given: given.read(-1),
    list,
    lambda given: given.readlines(),
    lambda given: [given.readline() for _ in range(4)],
    lambda given: [given.read(5) for _ in range(3)],
    lambda given: given.seek(0),
]
TO_THE_END: list[Use] = [
    lambda given: given.read(),
    lambda given: given.read(LENGTH),
    list,
    lambda given: given.readlines(),
    lambda given: [given.readline(), given.readline()],
]
A_PART: list[Use] = [lambda given: given.read(4), lambda given: given.readline()]


def _uploaded(use: Use, given: object, length: str = str(LENGTH)) -> Wrapped:
    """Serve one upload of which *given* is the input and *length* the Content-Length."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        use(environ["wsgi.input"])
        start_response("200 OK", [TEXT])
        return [b"thanks"]

    wrapped = Wrapped(app)
    environ: dict[str, Any] = {"wsgi.input": given, "CONTENT_LENGTH": length}
    body = Server().ask(wrapped.app, "POST", "/", **environ)
    list(body)
    close(body)
    return wrapped


@pytest.mark.parametrize("use", ALL_OF_IT)
def test_whole_upload(use: Use) -> None:
    """An upload that came in full is a success, however the app reads it, or if it does not."""
    assert _uploaded(use, BytesIO(b"one\ntwo\nfour")).outcome("POST /") == ("ok", "200")


@pytest.mark.parametrize("use", TO_THE_END)
def test_upload_that_stops(use: Use) -> None:
    """A read that comes back short of Content-Length says that the client left."""
    assert _uploaded(use, BytesIO(b"one\ntw")).outcome("POST /") == ("client_left", "200")


@pytest.mark.parametrize("length", ["\u00b3", "\u0663", "-1", "+3", "1e3", "0x3", "1_0", " ", "9" * 19, "9" * 5000])
def test_a_length_that_is_none(length: str) -> None:
    """Whatever a client sends as Content-Length, nothing inside fails, and the upload says nothing of its client."""
    wrapped = _uploaded(lambda given: given.read(), BytesIO(b"one"), length)
    assert wrapped.outcome("POST /") == ("ok", "200")
    assert wrapped.tracker.stats()["warnings"] == []


@pytest.mark.parametrize("use", A_PART)
def test_app_that_reads_a_part(use: Use) -> None:
    """An app that wants no more than a part of the upload says nothing about its client."""
    assert _uploaded(use, BytesIO(b"one\ntwo\nfour")).outcome("POST /") == ("ok", "200")


def test_short_read_that_goes_on() -> None:
    """An input may give less than was asked for; if the rest comes later, the client is still there."""

    class Trickling(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(4)

    whole = _uploaded(lambda given: [given.read(LENGTH) for _ in range(3)], Trickling(b"one\ntwo\nfour"))
    assert whole.outcome("POST /") == ("ok", "200")


def test_read_that_raises_os_error() -> None:
    """An OSError out of a read says that the client left; the app gets the very same error."""
    error = ConnectionResetError("gone")

    class Gone(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise error

    def use(given: Any) -> None:
        with pytest.raises(ConnectionResetError) as caught:
            given.read()
        assert caught.value is error

    assert _uploaded(use, Gone()).outcome("POST /") == ("client_left", "200")


def test_input_without_length() -> None:
    """Without a Content-Length the app has the server's own input."""
    given = BytesIO(b"")
    seen: list[object] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(environ["wsgi.input"])
        start_response("200 OK", [TEXT])
        return []

    environ: dict[str, Any] = {"wsgi.input": given}
    Server().ask(Wrapped(app).app, "GET", "/", **environ)
    assert seen == [given]


def test_upload_is_free_when_its_request_is_done() -> None:
    """What came in is not left to the garbage collector; who goes on reading afterwards reads as without perftrack."""

    class Upload(BytesIO):
        """An input that can be watched."""

    kept: list[Any] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read(4)
        kept.append(environ["wsgi.input"])
        start_response("200 OK", [TEXT])
        return [b"thanks"]

    wrapped, given = Wrapped(app), Upload(b"123456789012")
    freed = weakref.ref(given)
    gc.disable()
    try:
        body = Server().ask(wrapped.app, "POST", "/", **{"wsgi.input": given, "CONTENT_LENGTH": "12"})
        list(body)
        close(body)
        del body, given
        assert kept.pop().read() == b"56789012"
        assert freed() is None
    finally:
        gc.enable()
    assert wrapped.stats()["outcomes"]["ok"] == 1


def test_server_that_cannot_write() -> None:
    """A body closed while an OSError is on its way did not reach its client, even if it was handed over in full."""
    wrapped = Wrapped(gives(Body(b"one", b"two"), "200 OK", TEXT, ("Content-Length", "6")))
    body = Server().ask(wrapped.app)
    pieces = iter(body)
    assert [next(pieces), next(pieces)] == [b"one", b"two"]
    with pytest.raises(BrokenPipeError):
        _fail_and_close(body)
    assert wrapped.outcome() == ("client_left", "200")


def test_body_that_is_dropped() -> None:
    """A body that nobody iterates or closes leaves nothing in flight."""
    wrapped = Wrapped(gives(Body(b"one"), "200 OK", TEXT))
    Server().ask(wrapped.app)
    assert wrapped.stats()["in_flight"] == 0
    assert wrapped.outcome() == ("client_left", "200")


def _fail_and_close(body: Iterable[bytes]) -> None:
    try:
        raise BrokenPipeError("gone")
    finally:
        close(body)
