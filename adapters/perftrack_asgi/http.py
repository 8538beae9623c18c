"""The `receive` and `send` of one measured HTTP request."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any, Final

from perftrack.content_types import EVENT_STREAM, NAME, ContentTypes
from perftrack.exchange import Exchange
from perftrack_asgi.types import Message, Receive, Send

_WITHOUT_BYTES = ("http.response.pathsend", "http.response.zerocopysend")
"""Messages that hand over a file instead of bytes: pathsend a whole one, zerocopysend follows `more_body`."""

MOST_DIGITS: Final = 18
"""Of a Content-Length; what needs more fits nowhere, and `int` does not read any number of them."""

Headers = Iterable[tuple[bytes, bytes]]

_types = ContentTypes(NAME.encode("ascii"), EVENT_STREAM.encode("ascii"))


class HTTPExchange(Exchange):
    """An exchange that stands between the server's `receive` and `send` and the app, and passes every message on."""

    __slots__ = ("_headers", "_missing", "server_receive", "server_send")

    server_receive: Receive
    """Given by the server, as `server_send`; the app gets `receive` and `send`."""
    server_send: Send
    _headers: Headers
    """Those of the response, once it has started."""
    _missing: float
    """Bytes to come, once the first piece of several has come; infinite when the headers tell no length."""

    async def receive(self) -> Message:
        """Hand the server's next message to the app."""
        receive = self.server_receive  # Python calls a local name faster than an attribute
        message = await receive()
        try:
            if message["type"] == "http.disconnect":
                self.disconnected()
        except Exception as error:
            self.tracker.failed(error)
        return message

    async def send(self, message: Message) -> None:  # noqa: C901 - a call costs as much as three of these lines
        """Hand the app's message to the server."""
        last = False
        try:
            kind = message["type"]
            if kind == "http.response.start":
                self.status = message["status"]
                headers: Any = message.get("headers", ())
                self._headers = headers
                if type(headers) is not list:
                    message = self._read_once(message)
                elif _types.plain not in headers and _types.is_stream(self._headers):
                    self._show_stream()
            elif kind == "http.response.body":
                if self.first_byte is None and message.get("body"):
                    clock = self.tracker.clock
                    self.first_byte = clock()
                last = self.last_piece = (
                    "more_body" not in message or not message["more_body"] or self._completes(message)
                )
            else:
                last = _note_file(self, message)
        except Exception as error:  # a message that only the server may refuse
            self.tracker.failed(error)
        send = self.server_send
        try:
            await send(message)
        except OSError:
            self.guarded(self.left)
            raise
        if last and self.finish is None:
            try:
                self.tracker.memory.finish(self)
            except Exception as error:
                self.tracker.failed(error)

    def _read_once(self, message: Message) -> Message:
        """Give *message*; headers that can be read only once are read for the server too."""
        headers = self._headers
        if iter(headers) is headers:
            self._headers = headers = list(headers)
            message = {**message, "headers": headers}
        if _types.is_stream(headers):
            self._show_stream()
        return message

    def _show_stream(self) -> None:
        self.stream = True
        self.tracker.memory.show_stream(self)

    def _completes(self, message: Message) -> bool:
        """Tell whether this piece brings the last of the declared bytes: its client may leave before an empty end."""
        if not hasattr(self, "_missing"):
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
