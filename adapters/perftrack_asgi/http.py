"""The `receive` and `send` of one measured HTTP request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perftrack.exchange import EVENT_STREAM, Exchange
from perftrack_asgi.types import Message, Receive, Send

_WITHOUT_BYTES = ("http.response.pathsend", "http.response.zerocopysend")
"""Messages that hand over a file instead of bytes: pathsend a whole one, zerocopysend follows `more_body`."""

_EVENT_STREAM = EVENT_STREAM.encode("ascii")


class MeasuredHTTP:
    """Passes every message on as it is, and tells the exchange what it shows."""

    __slots__ = ("_exchange", "_receive", "_send")

    def __init__(self, exchange: Exchange, receive: Receive, send: Send) -> None:
        """Stand between the server's *receive* and *send* and the app."""
        self._exchange = exchange
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
                last = exchange.last_piece = not message.get("more_body")
            elif kind == "http.response.start":
                message = _note_start(exchange, message)
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


def _is_event_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if len(name) == 12 and name.lower() == b"content-type":
            return value.startswith(_EVENT_STREAM)
    return False
