"""Scenarios of WebSockets: they have numbers of their own and enter no others."""

from __future__ import annotations

import contextlib

from tests.conformance.client import Client
from tests.conformance.expected import Expected, WebSockets
from tests.conformance.integrations import Integration
from tests.conformance.scenario import scenario

CONCEPT = "WebSockets"


def _no_websockets(integration: Integration) -> str | None:
    if not integration.asgi:
        return "WSGI has none"
    return "Django has none" if integration.app.startswith("django") else None


def _talk(client: Client, *messages: str, path: str = "/ws/echo/1") -> None:
    from websockets.exceptions import ConnectionClosed, InvalidStatus
    from websockets.sync.client import connect

    with (
        contextlib.suppress(ConnectionClosed, InvalidStatus),
        connect(f"ws://127.0.0.1:{client.port}{path}", proxy=None) as socket,
    ):
        for message in messages:
            socket.send(message)
            socket.recv()


@scenario(
    "WebSocket accepted",
    also=Expected(websockets=WebSockets(opened=1, close_codes={"1000": 1}, messages_in=2, messages_out=2)),
    absent=_no_websockets,
    concept=CONCEPT,
)
def accepted(client: Client) -> None:
    """A WebSocket is counted with its messages and the code its client closed it with."""
    _talk(client, "one", "two")


@scenario(
    "WebSocket rejected", also=Expected(websockets=WebSockets(rejected=1)), absent=_no_websockets, concept=CONCEPT
)
def rejected(client: Client) -> None:
    """A WebSocket that was not accepted is counted as rejected, and is no request."""
    _talk(client, path="/ws/closed")


@scenario(
    "WebSocket closed by the app",
    also=Expected(websockets=WebSockets(opened=1, close_codes={"4001": 1}, messages_in=1)),
    absent=_no_websockets,
    concept=CONCEPT,
)
def closed(client: Client) -> None:
    """The code with which the app closes is counted."""
    _talk(client, "close")


@scenario(
    "WebSocket handler fails",
    also=Expected(websockets=WebSockets(opened=1, close_codes={"1011": 1}, messages_in=1)),
    absent=_no_websockets,
    concept=CONCEPT,
)
def failed(client: Client) -> None:
    """A handler that raises is counted under the code for an internal error."""
    _talk(client, "boom")
