"""One wrapped ASGI app, and short ways to send it requests message by message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from asgiref import testing

from perftrack import AllowAll, PerformanceTracker
from perftrack.shapes import EndpointStats, Stats
from perftrack_asgi import PerformanceMiddleware
from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send
from tests.support import FakeClock

WALL = 1_768_473_000.0  # 2026-01-15T10:30:00Z
REQUEST: Message = {"type": "http.request", "body": b"", "more_body": False}
DISCONNECT: Message = {"type": "http.disconnect"}

Headers = tuple[tuple[bytes, bytes], ...]

# asgiref carries no annotations.
ApplicationCommunicator: Any = testing.ApplicationCommunicator


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> Message:
    """Make the message with the status."""
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(data: bytes = b"", more: bool = False) -> Message:
    """Make a message with a piece of body."""
    return {"type": "http.response.body", "body": data, "more_body": more}


def event_stream() -> Message:
    """Make the message that starts an event stream."""
    return start(200, (b"Content-Type", b"text/event-stream; charset=utf-8"))


def http_scope(method: str = "GET", path: str = "/", headers: Headers = (), **more: Any) -> Scope:
    """Make the scope of a request."""
    return {"type": "http", "method": method, "path": path, "headers": list(headers), "query_string": b"", **more}


def sends(*messages: Message) -> ASGIApp:
    """Make an app that reads the request and sends *messages*."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        for message in messages:
            await send(message)

    return app


@dataclass
class Answer:
    """What the app sent, and how it ended."""

    messages: list[Message] = field(default_factory=list[Message])
    error: BaseException | None = None

    @property
    def status(self) -> int | None:
        """The status sent."""
        return next((m["status"] for m in self.messages if m["type"] == "http.response.start"), None)

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(m.get("body", b"") for m in self.messages)


async def asked(app: ASGIApp, scope: Scope, *inputs: Message) -> Answer:
    """Run *app* to its end with *inputs*."""
    communicator = ApplicationCommunicator(app, scope)
    answer = Answer()
    for message in inputs:
        await communicator.send_input(message)
    try:
        await communicator.wait()
    except Exception as error:
        answer.error = error
    while not communicator.output_queue.empty():
        answer.messages.append(communicator.output_queue.get_nowait())
    return answer


def called(send: Send, *inputs: Message, scope: Scope | None = None) -> Callable[[ASGIApp], Awaitable[None]]:
    """Make a use of an app: it is called with *send*, and receives *inputs* after the request."""
    waiting = [REQUEST, *inputs]

    async def receive() -> Message:
        return waiting.pop(0)

    return lambda app: app(scope or http_scope(), receive, send)


async def dropped(message: Message) -> None:
    """Send to nobody."""


def root(source: object) -> str:
    """Label everything with the same route."""
    return "/"


class Wrapped:
    """An app with its middleware, a tracker of its own and a clock that stands still."""

    def __init__(self, app: ASGIApp, **arguments: Any) -> None:
        names = ("access", "admin_prefix", "label")
        own: dict[str, Any] = {"access": AllowAll()}
        own.update({name: arguments.pop(name) for name in names if name in arguments})
        self.clock: FakeClock = arguments.pop("clock", None) or FakeClock()
        self.tracker = PerformanceTracker(clock=self.clock, wall=lambda: WALL, **arguments)
        self.app = PerformanceMiddleware(app, self.tracker, **own)

    def ask(self, method: str = "GET", path: str = "/", *inputs: Message, **more: Any) -> Answer:
        """Send one request; *inputs* come after the message with its body."""
        return asyncio.run(asked(self.app, http_scope(method, path, **more), REQUEST, *inputs))

    def connect(self, *inputs: Message, path: str = "/ws") -> Answer:
        """Open one WebSocket."""
        scope: Scope = {"type": "websocket", "path": path, "headers": []}
        return asyncio.run(asked(self.app, scope, {"type": "websocket.connect"}, *inputs))

    def run(self, use: Callable[[ASGIApp], Awaitable[None]]) -> None:
        """Let *use* do with the app what it likes."""

        async def main() -> None:
            await use(self.app)

        asyncio.run(main())

    def stats(self) -> Stats:
        """Give all numbers; nothing is in flight and nothing in perftrack has failed."""
        stats = self.tracker.stats()
        assert stats["in_flight"] == 0
        assert stats["warnings"] == []
        return stats

    def row(self, name: str = "GET /") -> EndpointStats:
        """Give the only row."""
        rows = self.stats()["endpoint_stats"]
        assert list(rows) == [name]
        return rows[name]

    def outcome(self, name: str = "GET /") -> tuple[str, str]:
        """Give outcome and status of the only request."""
        row = self.row(name)
        assert row["total_requests"] == 1
        outcomes = [outcome for outcome, count in row["outcomes"].items() if count]
        return outcomes[0], next(iter(row["status"]))

    def outcome_counts(self) -> dict[str, int]:
        """Give the outcomes of all requests, without those that none had."""
        return {name: int(str(count)) for name, count in self.stats()["outcomes"].items() if count}
