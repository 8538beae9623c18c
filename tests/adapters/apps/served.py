"""Small apps that `perftrack run` serves in the tests."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PLAIN = [(b"content-type", b"text/plain")]


async def full_asgi(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Use lifespan and its state, HTTP and WebSockets."""
    await {"lifespan": _lifespan, "http": _http, "websocket": _websocket}[scope["type"]](scope, receive, send)


async def http_only(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Know nothing but HTTP; lifespan raises, as the specification allows."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    scope.setdefault("state", {})
    await _http(scope, receive, send)


async def _lifespan(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()
    scope["state"]["started"] = "yes"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    sys.stdout.write("lifespan ended\n")
    sys.stdout.flush()
    await send({"type": "lifespan.shutdown.complete"})


async def _http(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["path"] == "/boom":
        raise RuntimeError("boom")
    body = json.dumps({"started": scope["state"].get("started"), "pid": os.getpid()}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": PLAIN})
    await send({"type": "http.response.body", "body": body})


async def _websocket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": f"echo {message['text']}"})


def generator(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    """Say the status at the first piece of the body only."""
    start_response("201 Created", [("X-Kind", "generator")])
    yield b"made "
    yield b"late"


def writer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Use the `write` of `start_response`."""
    write = start_response("200 OK", [("X-Kind", "writer")])
    write(b"written ")
    return [b"and given"]
