"""The WebSockets of the raw ASGI app."""

from __future__ import annotations

from perftrack_asgi.types import Receive, Scope, Send
from tests.conformance.apps.shared import BrokenError


async def websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """Reject /ws/closed; elsewhere send back what comes, and close or fail when asked."""
    await receive()
    if scope["path"] == "/ws/closed":
        await send({"type": "websocket.close", "code": 4003})
        return
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if message["text"] == "close":
            await send({"type": "websocket.close", "code": 4001})
            return
        if message["text"] == "boom":
            raise BrokenError
        await send({"type": "websocket.send", "text": message["text"]})
