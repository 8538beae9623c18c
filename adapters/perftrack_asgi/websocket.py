"""The `receive` and `send` of one measured WebSocket."""

from __future__ import annotations

from perftrack.websocket import INTERNAL_ERROR, WebSocketSession
from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send


class MeasuredWebSocket:
    """Passes every message on as it is, and tells the session what it shows."""

    __slots__ = ("_receive", "_send", "_session")

    def __init__(self, session: WebSocketSession, receive: Receive, send: Send) -> None:
        """Stand between the server's *receive* and *send* and the app."""
        self._session = session
        self._receive = receive
        self._send = send

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Run *app* for this connection."""
        code = None
        try:
            await app(scope, self.receive, self.send)
        except Exception:
            code = INTERNAL_ERROR
            raise
        finally:
            self._ended(code)

    async def receive(self) -> Message:
        """Hand the server's next message to the app."""
        message = await self._receive()
        try:
            kind = message["type"]
            if kind == "websocket.receive":
                self._session.message_in()
            elif kind == "websocket.disconnect":
                self._session.ended(message.get("code", 1005))
        except Exception as error:
            self._session.tracker.failed(error)
        return message

    async def send(self, message: Message) -> None:
        """Hand the app's message to the server."""
        await self._send(message)
        try:
            kind = message["type"]
            if kind == "websocket.send":
                self._session.message_out()
            elif kind == "websocket.accept":
                self._session.accepted()
            elif kind == "websocket.close":
                self._session.ended(message.get("code", 1000))
            elif kind == "websocket.http.response.start":
                self._session.ended()
        except Exception as error:
            self._session.tracker.failed(error)

    def _ended(self, code: int | None) -> None:
        try:
            self._session.ended(code)
        except Exception as error:
            self._session.tracker.failed(error)
