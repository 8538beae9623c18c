"""`start_response` and the body of one measured WSGI request."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from perftrack.content_types import EVENT_STREAM, NAME, ContentTypes
from perftrack.exchange import Exchange
from perftrack.outcomes import NO_STATUS
from perftrack_wsgi.request import declared_length

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse

_BODILESS = (204, 304)

_CODES = {f"{code.value} {code.phrase}": code.value for code in HTTPStatus}
"""Status line -> code of the usual ones, which takes a sixth of the time that reading the digits takes."""

_types = ContentTypes(NAME, EVENT_STREAM)


class WSGIExchange(Exchange):
    """An exchange that stands before `start_response` and `write`, and notes what passes."""

    __slots__ = ("_write", "headers", "server_start_response", "written")

    server_start_response: StartResponse
    """Given by the server; the app gets `start_response`."""
    headers: list[tuple[str, str]]
    """Those of the response, once it has started."""
    written: int
    """Bytes of the body handed over."""
    _write: Callable[[bytes], object]

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """Hand status and headers to the server. May be called again, with *exc_info*, until something was sent."""
        start_response = self.server_start_response  # Python calls a local name faster than an attribute
        if exc_info is None:
            self._write = start_response(status, headers)
        else:
            self._write = start_response(status, headers, exc_info)
        try:
            self.status = _CODES.get(status) or int(status[:3])
            self.headers = headers
            if self.label is not None:
                self.read_route()
            self.stream = _types.plain not in headers and _types.is_stream(headers)
            if self.stream:
                self.tracker.memory.show_stream(self)
        except Exception as error:
            self.tracker.failed(error)
        return self.write

    def write(self, data: bytes) -> object:
        """Hand a piece of body to the server, the old way."""
        self.note(data)
        try:
            return self._write(data)
        except OSError:
            self.guarded(self.left)
            raise

    def note(self, piece: bytes) -> None:
        """Note a piece of body that is about to be handed over."""
        try:
            if self.first_byte is None and piece:
                clock = self.tracker.clock
                self.first_byte = clock()
            self.written += len(piece)
        except Exception as error:  # a piece that only the server may refuse
            self.tracker.failed(error)

    def raised(self) -> None:
        """Note an exception out of the app. Until a piece of body came, no status has left the server."""
        if self.first_byte is None:
            self.status = NO_STATUS
        super().raised()

    def closed_early(self) -> None:
        """Note that the server closed the body before its end."""
        headers = getattr(self, "headers", ())  # the server may close a body without having asked for a piece of it
        declared = declared_length(next((value for name, value in headers if name.lower() == "content-length"), ""))
        whole = declared is not None and self.written >= declared and not _write_failed()
        bodiless = self.method == "HEAD" or self.status in _BODILESS or 100 <= self.status < 200
        if whole or bodiless:
            self.complete()
        else:
            self.left()


class MeasuredBody:
    """The app's body, piece by piece as it comes. `measured_body` makes it."""

    __slots__ = ("body", "exchange")

    body: Iterable[bytes]
    """The app's."""
    exchange: WSGIExchange

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces. The end of the iteration is the last byte."""
        exchange = self.exchange
        try:
            for piece in self.body:
                exchange.note(piece)
                yield piece
        except GeneratorExit:  # the server stopped; `close` will say what that means, or `__del__` without it
            raise
        except Exception:
            exchange.guarded(exchange.raised)
            raise
        except BaseException:  # a greenlet or a worker is being stopped
            exchange.guarded(exchange.cut_short)
            raise
        try:
            exchange.complete()
        except Exception as error:
            exchange.tracker.failed(error)

    def close(self) -> None:
        """Close the app's body. What the app does there comes after the last byte."""
        exchange = self.exchange
        if exchange.finish is None:
            exchange.guarded(exchange.closed_early)
        close = getattr(self.body, "close", None)
        if close is None:
            return
        try:
            close()
        finally:
            try:
                exchange.returned()
            except Exception as error:
                exchange.tracker.failed(error)

    def __del__(self) -> None:
        """Count the request of a body that was dropped and never closed, as a test client may do."""
        exchange = self.exchange
        if exchange.finish is None:
            exchange.guarded(exchange.closed_early)


class SizedBody(MeasuredBody):
    """A body that has a length: servers take the Content-Length from a single piece."""

    __slots__ = ()

    def __len__(self) -> int:
        """Give the number of pieces."""
        return len(cast("Sized", self.body))


class MadeFiles:
    """A `wsgi.file_wrapper` that is a function, as in uWSGI; remembers what it made, which has no type of its own."""

    __slots__ = ("_wrapper", "made")

    def __init__(self, wrapper: Callable[..., Any]) -> None:
        """Stand in for the server's *wrapper*."""
        self._wrapper = wrapper
        self.made: object = None

    def __call__(self, *arguments: Any) -> Any:
        """Wrap a file."""
        self.made = made = self._wrapper(*arguments)
        return made


def _write_failed() -> bool:
    """Tell whether the server closes a body because it could not write: then that error is on its way just now."""
    return isinstance(sys.exc_info()[1], OSError)


def measured_body(exchange: WSGIExchange, body: Iterable[bytes], file_wrapper: object) -> Iterable[bytes]:
    """Wrap *body*; what the server's own *file_wrapper* made stays as it is, for the server sends the file itself."""
    if file_wrapper is not None and _is_file(body, file_wrapper):
        _time_file(exchange, body)
        return body
    measured = SizedBody() if hasattr(type(body), "__len__") else MeasuredBody()  # isinstance(body, Sized) is slow
    measured.body, measured.exchange = body, exchange  # here, because an `__init__` takes twice as long
    return measured


def _is_file(body: object, file_wrapper: object) -> bool:
    if isinstance(file_wrapper, MadeFiles):
        return body is not None and body is file_wrapper.made
    return isinstance(file_wrapper, type) and isinstance(body, file_wrapper)


def _time_file(exchange: Exchange, file: Any) -> None:
    """Let the duration end when the server closes *file*; where that can't be seen, when the app returns."""
    exchange.guarded(exchange.piece)
    close = getattr(file, "close", None)

    def closed() -> None:
        exchange.guarded(exchange.left if _write_failed() else exchange.complete)
        try:
            if close is not None:
                close()
        finally:
            exchange.guarded(exchange.returned)

    try:
        file.close = closed
    except (AttributeError, TypeError):
        exchange.tracker.memory.untimed_files += 1
        exchange.complete()
