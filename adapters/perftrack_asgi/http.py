"""The `receive` and `send` of one measured HTTP request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

from perftrack.exchange import EVENT_STREAM, Exchange
from perftrack_asgi.types import Message, Receive, Send

_WITHOUT_BYTES = ("http.response.pathsend", "http.response.zerocopysend")
"""Messages that hand over a file instead of bytes: pathsend a whole one, zerocopysend follows `more_body`."""

_EVENT_STREAM = EVENT_STREAM.encode("ascii")


class MeasuredHTTP:
    """Passes every message on as it is, and tells the exchange what it shows."""

    __slots__ = ("_exchange", "_headers", "_missing", "_receive", "_send")

    def __init__(self, exchange: Exchange, receive: Receive, send: Send) -> None:
        """Stand between the server's *receive* and *send* and the app."""
        self._exchange = exchange
        self._headers: Iterable[tuple[bytes, bytes]] = ()
        self._missing: float | None = None
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        """Hand the server's next message to the app."""
        message = await self._receive()
        try:
            if message["type"] == "http.disconnect":
                self._exchange.disconnected()
        except Exception as error:
            self._exchange.tracker.failed(error)
        return message

    async def send(self, message: Message) -> None:
        """Hand the app's message to the server."""
        exchange = self._exchange
        last = False
        try:
            kind = message["type"]
            if kind == "http.response.body":
                if exchange.first_byte is None and message.get("body"):
                    exchange.piece()
                last = exchange.last_piece = not message.get("more_body") or self._completes(message)
            elif kind == "http.response.start":
                message = _note_start(exchange, message)
                self._headers = message.get("headers", ())
            else:
                last = _note_file(exchange, message)
        except Exception as error:  # a message that only the server may refuse
            exchange.tracker.failed(error)
        try:
            await self._send(message)
        except OSError:
            exchange.guarded(exchange.left)
            raise
        if last:
            try:
                exchange.complete()
            except Exception as error:
                exchange.tracker.failed(error)

    def _completes(self, message: Message) -> bool:
        """Tell whether this piece brings the last of the declared bytes: its client may leave before an empty end."""
        if self._missing is None:
            self._missing = _declared_length(self._headers)
        self._missing -= len(message.get("body", b""))
        return self._missing <= 0


def _note_start(exchange: Exchange, message: Message) -> Message:
    """Note status and headers. Give the message; headers that can be read only once are read for the server too."""
    exchange.status = message["status"]
    headers = message.get("headers", ())
    if type(headers) is not list and isinstance(headers, Iterator):
        headers = list(headers)
        message = {**message, "headers": headers}
    exchange.stream = _is_event_stream(headers)
    return message


def _note_file(exchange: Exchange, message: Message) -> bool:
    """Note a piece of body that is handed over as a file. Tell whether it is the last."""
    if message["type"] not in _WITHOUT_BYTES:
        return False
    exchange.piece()
    exchange.last_piece = not message.get("more_body")
    return exchange.last_piece


def _declared_length(headers: Iterable[tuple[bytes, bytes]]) -> float:
    for name, value in headers:
        if len(name) == 14 and name.lower() == b"content-length":
            return int(value)
    return inf


def _is_event_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if len(name) == 12 and name.lower() == b"content-type":
            return value.startswith(_EVENT_STREAM)
    return False
