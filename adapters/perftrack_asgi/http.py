"""The `receive` and `send` of one measured HTTP request."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Final

from perftrack.exchange import EVENT_STREAM, Exchange
from perftrack_asgi.types import Message, Receive, Send

_WITHOUT_BYTES = ("http.response.pathsend", "http.response.zerocopysend")
"""Messages that hand over a file instead of bytes: pathsend a whole one, zerocopysend follows `more_body`."""

MOST_DIGITS: Final = 18
"""Of a Content-Length; what needs more fits nowhere, and `int` does not read any number of them."""

Headers = Iterable[tuple[bytes, bytes]]

_EVENT_STREAM = EVENT_STREAM.encode("ascii")


class HTTPExchange(Exchange):
    """An exchange that stands between the server's `receive` and `send` and the app, and passes every message on."""

    __slots__ = ("_headers", "_missing", "_receive", "_send")

    def stand_between(self, receive: Receive, send: Send) -> None:
        """Take the server's *receive* and *send*; the app gets those of this object."""
        self._headers: Headers = ()
        self._missing: float | None = None
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        """Hand the server's next message to the app."""
        message = await self._receive()
        try:
            if message["type"] == "http.disconnect":
                self.disconnected()
        except Exception as error:
            self.tracker.failed(error)
        return message

    async def send(self, message: Message) -> None:
        """Hand the app's message to the server."""
        last = False
        try:
            kind = message["type"]
            if kind == "http.response.body":
                if self.first_byte is None and message.get("body"):
                    self.first_byte = self.tracker.clock()
                last = self.last_piece = not message.get("more_body") or self._completes(message)
            elif kind == "http.response.start":
                message = self._start(message)
            else:
                last = _note_file(self, message)
        except Exception as error:  # a message that only the server may refuse
            self.tracker.failed(error)
        try:
            await self._send(message)
        except OSError:
            self.guarded(self.left)
            raise
        if last:
            try:
                self.complete()
            except Exception as error:
                self.tracker.failed(error)

    def _start(self, message: Message) -> Message:
        """Note status and headers. Give the message; headers that can be read only once are read for the server too."""
        self.status = message["status"]
        headers: Headers = message.get("headers", ())
        if iter(headers) is headers:
            headers = list(headers)
            message = {**message, "headers": headers}
        self._headers = headers
        for name, value in headers:
            if len(name) == 12 and name.lower() == b"content-type":
                self.stream = value.startswith(_EVENT_STREAM)
                if self.stream:
                    self.tracker.memory.show_stream(self)
        return message

    def _completes(self, message: Message) -> bool:
        """Tell whether this piece brings the last of the declared bytes: its client may leave before an empty end."""
        if self._missing is None:
            self._missing = _declared_length(self._headers)
        self._missing -= len(message.get("body", b""))
        return self._missing <= 0


def _note_file(exchange: Exchange, message: Message) -> bool:
    """Note a piece of body that is handed over as a file. Tell whether it is the last."""
    if message["type"] not in _WITHOUT_BYTES:
        return False
    exchange.piece()
    exchange.last_piece = not message.get("more_body")
    return exchange.last_piece


def _declared_length(headers: Headers) -> float:
    for name, value in headers:
        if len(name) == 14 and name.lower() == b"content-length":
            return int(value) if value.isdigit() and len(value) <= MOST_DIGITS else inf
    return inf
