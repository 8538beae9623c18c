"""The `wsgi.input` of one measured request that has a body."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from perftrack.exchange import Exchange
from perftrack.outcomes import CLIENT_LEFT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_DIGITS: Final = 18
"""Of a Content-Length; what needs more fits nowhere."""


class MeasuredInput:
    """Passes the request's body on, and tells the exchange when its client left before the end of it.

    WSGI has no message for that: a read comes back short of what was asked for and of Content-Length, or raises
    OSError. An app that goes on reading may yet get the rest, so only the last read counts.

    The environ holds this object, and the exchange the environ: so that an upload is free when its request is done,
    and not when the garbage collector comes by, the exchange is not kept alive here.
    """

    def __init__(self, exchange: Exchange, given: Any, length: int) -> None:
        """Stand between the server's input and the app; *length* is the Content-Length."""
        self._exchange = weakref.ref(exchange)
        self._input = given
        self._missing = length

    def __getattr__(self, name: str) -> Any:
        """Give what else the server's input has."""
        return getattr(self._input, name)

    def read(self, *size: Any, **named: Any) -> bytes:
        """Read as the server's input does."""
        data: bytes = self._passed(self._input.read, size, named, _is_full_read)
        return data

    def readline(self, *size: Any, **named: Any) -> bytes:
        """Read a line as the server's input does."""
        data: bytes = self._passed(self._input.readline, size, named, _is_full_line)
        return data

    def readlines(self, *hint: Any, **named: Any) -> list[bytes]:
        """Read lines as the server's input does."""
        lines: list[bytes] = self._passed(self._input.readlines, hint, named, _are_hinted_lines)
        return lines

    def __iter__(self) -> Iterator[bytes]:
        """Give the lines."""
        return iter(self.readline, b"")

    def _passed(
        self, read: Callable[..., Any], size: tuple[Any, ...], named: Mapping[str, Any], is_full: Callable[..., bool]
    ) -> Any:
        exchange = self._exchange()
        try:
            data = read(*size, **named)
        except OSError:
            if exchange is not None:
                exchange.disconnected()
            raise
        if exchange is None:  # the request is done
            return data
        try:
            self._missing -= len(data) if isinstance(data, bytes) else sum(map(len, data))
            cut_off = self._missing > 0 and not is_full(data, *size, *named.values())
            exchange.outcome = CLIENT_LEFT if cut_off else None
        except Exception as error:
            exchange.tracker.failed(error)
        return data


def _is_full_read(data: bytes, size: int | None = None) -> bool:
    return size is not None and 0 <= size <= len(data)


def _is_full_line(data: bytes, size: int | None = None) -> bool:
    return data.endswith(b"\n") or _is_full_read(data, size)


def _are_hinted_lines(lines: list[bytes], hint: int | None = None) -> bool:
    return bool(hint)


def declared_length(text: str) -> int | None:
    """Read a Content-Length; None for what is none, as digits of other scripts, or more of them than `int` reads."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def watch_input(exchange: Exchange, environ: WSGIEnvironment) -> None:
    """Stand before the input of a request that has a Content-Length, unless that says that there is none."""
    try:
        declared = declared_length(environ["CONTENT_LENGTH"])
        if declared and "wsgi.input" in environ:
            environ["wsgi.input"] = MeasuredInput(exchange, environ["wsgi.input"], declared)
    except Exception as error:
        exchange.tracker.failed(error)
