"""`start_response` and the body of one measured WSGI request."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from perftrack.content_types import EVENT_STREAM, NAME, ContentTypes
from perftrack.exchange import BACKGROUND_FLOOR, Exchange
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
            self.stream = False
        try:
            self.status = _CODES.get(status) or int(status[:3])
            self.headers = headers
            label = self.label
            if self.route is None and label is not None:  # some frameworks forget it before the last byte
                self.route = label(self.source)
            if _types.plain not in headers and _types.is_stream(headers):
                self.stream = True
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
    """The app's body, piece by piece as it comes. The middleware makes it."""

    __slots__ = ("body", "exchange")

    body: Iterable[bytes]
    """The app's."""
    exchange: WSGIExchange

    def __iter__(self) -> Iterator[bytes]:  # noqa: C901 - as in `PerformanceMiddleware.__call__`
        """Give the pieces. The end of the iteration is the last byte."""
        exchange = self.exchange
        try:
            for piece in self.body:
                try:  # as `note` does
                    if exchange.first_byte is None and piece:
                        clock = exchange.tracker.clock
                        exchange.first_byte = clock()
                    exchange.written += len(piece)
                except Exception as error:
                    exchange.tracker.failed(error)
                yield piece
        except GeneratorExit:  # the server stopped; `close` will say what that means, or `__del__` without it
            raise
        except Exception:
            exchange.guarded(exchange.raised)
            raise
        except BaseException:  # a greenlet or a worker is being stopped
            exchange.guarded(exchange.cut_short)
            raise
        if exchange.finish is None:
            try:
                exchange.tracker.memory.finish(exchange)
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
                clock, finish = exchange.tracker.clock, exchange.finish
                if finish is not None and (background := clock() - finish) >= BACKGROUND_FLOOR:
                    exchange.worked(background)
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

    def __instancecheck__(self, body: object) -> bool:
        """Tell whether *body* is what was made, as a class would."""
        return body is not None and body is self.made


def _write_failed() -> bool:
    """Tell whether the server closes a body because it could not write: then that error is on its way just now."""
    return isinstance(sys.exc_info()[1], OSError)


@lru_cache(maxsize=128)  # of the few kinds that an app has: to ask a class what it lacks is slow
def measured_kind(kind: type[Iterable[bytes]]) -> type[MeasuredBody]:
    """Choose what stands for a body of this *kind*."""
    return SizedBody if issubclass(kind, Sized) else MeasuredBody


def time_file(exchange: Exchange, file: Any) -> Iterable[bytes]:
    """Let the duration end when the server closes *file*; where that can't be seen, when the app returns.

    Give *file*, which stays the server's own object.
    """
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
    handed_on: Iterable[bytes] = file
    return handed_on
