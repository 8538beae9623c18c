"""`start_response` and the body of one measured WSGI request."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TYPE_CHECKING, Any, cast

from perftrack.exchange import EVENT_STREAM, Exchange
from perftrack.outcomes import NO_STATUS

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse

_BODILESS = (204, 304)


class MeasuredStart:
    """Passes `start_response` and `write` on, and notes the status, the headers and what was written."""

    __slots__ = ("_start_response", "_write", "exchange", "headers", "written")

    def __init__(self, exchange: Exchange, start_response: StartResponse) -> None:
        """Stand between the server's *start_response* and the app."""
        self.exchange = exchange
        self.headers: list[tuple[str, str]] = []
        self.written = 0
        self._start_response = start_response
        self._write: Callable[[bytes], object]

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """Hand status and headers to the server. May be called again, with *exc_info*, until something was sent."""
        if exc_info is None:
            self._write = self._start_response(status, headers)
        else:
            self._write = self._start_response(status, headers, exc_info)
        try:
            self.exchange.status = int(status[:3])
            self.headers = headers
            self.exchange.read_route()
            self.exchange.stream = (self.header("content-type") or "").startswith(EVENT_STREAM)
        except Exception as error:
            self.exchange.tracker.failed(error)
        return self.write

    def write(self, data: bytes) -> object:
        """Hand a piece of body to the server, the old way."""
        self.note(data)
        try:
            return self._write(data)
        except OSError:
            self.exchange.guarded(self.exchange.left)
            raise

    def note(self, piece: bytes) -> None:
        """Note a piece of body that is about to be handed over."""
        try:
            self.written += len(piece)
            if piece and self.exchange.first_byte is None:
                self.exchange.piece()
        except Exception as error:  # a piece that only the server may refuse
            self.exchange.tracker.failed(error)

    def header(self, name: str) -> str | None:
        """Give a response header; *name* is in small letters."""
        for key, value in self.headers:
            if len(key) == len(name) and key.lower() == name:
                return value
        return None

    def raised(self) -> None:
        """Note an exception out of the app. Until a piece of body came, no status has left the server."""
        if self.exchange.first_byte is None:
            self.exchange.status = NO_STATUS
        self.exchange.raised()

    def closed_early(self) -> None:
        """Note that the server closed the body before its end."""
        exchange = self.exchange
        declared = self.header("content-length")
        whole = declared is not None and declared.isdigit() and self.written >= int(declared) and not _write_failed()
        bodiless = exchange.method == "HEAD" or exchange.status in _BODILESS or 100 <= exchange.status < 200
        if whole or bodiless:
            exchange.complete()
        else:
            exchange.left()


class MeasuredBody:
    """The app's body, piece by piece as it comes."""

    __slots__ = ("_body", "_start")

    def __init__(self, start: MeasuredStart, body: Iterable[bytes]) -> None:
        """Stand between the app's *body* and the server."""
        self._start = start
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces. The end of the iteration is the last byte."""
        start = self._start
        exchange = start.exchange
        try:
            for piece in self._body:
                start.note(piece)
                yield piece
        except GeneratorExit:  # the server stopped; `close` will say what that means, or `__del__` without it
            raise
        except Exception:
            exchange.guarded(start.raised)
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
        exchange = self._start.exchange
        if not exchange.recorded:
            exchange.guarded(self._start.closed_early)
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            try:
                exchange.returned()
            except Exception as error:
                exchange.tracker.failed(error)

    def __del__(self) -> None:
        """Count the request of a body that was dropped and never closed, as a test client may do."""
        if not self._start.exchange.recorded:
            self._start.exchange.guarded(self._start.closed_early)


class SizedBody(MeasuredBody):
    """A body that has a length: servers take the Content-Length from a single piece."""

    __slots__ = ()

    def __len__(self) -> int:
        """Give the number of pieces."""
        return len(cast("Sized", self._body))


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


def measured_body(start: MeasuredStart, body: Iterable[bytes], file_wrapper: object) -> Iterable[bytes]:
    """Wrap *body*; what the server's own *file_wrapper* made stays as it is, for the server sends the file itself."""
    if _is_file(body, file_wrapper):
        _time_file(start.exchange, body)
        return body
    if isinstance(body, list) or isinstance(body, Sized):  # noqa: SIM101 - Sized is slow to ask
        return SizedBody(start, body)
    return MeasuredBody(start, body)


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
