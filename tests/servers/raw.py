"""Real servers in threads of the test, and raw bytes to them: for requests that no HTTP client would send."""

from __future__ import annotations

import contextlib
import importlib
import socket
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from threading import Thread
from typing import Any, NamedTuple

PATIENCE_SECONDS = 10.0
MOST_BYTES = 1_000_000


class Reply(NamedTuple):
    """What came back for one request; status 0 when the server only closed the connection."""

    status: int
    text: bytes

    @property
    def body(self) -> bytes:
        """Everything after the head."""
        return self.text.partition(b"\r\n\r\n")[2]


def send(port: int, data: bytes, *, whole: bool = True) -> Reply:
    """Send *data* to this machine and read until the server closes.

    A *whole* request asks for that itself; after another one the sending side is closed, which some servers take for a
    client that has left.
    """
    text = b""
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as client,
    ):
        client.sendall(data)
        if not whole:
            client.shutdown(socket.SHUT_WR)
        while len(text) < MOST_BYTES and (piece := client.recv(65_536)):
            text += piece
    words = text.split(b" ", 2)
    is_http = words[0].startswith(b"HTTP/") and len(words) > 1 and words[1][:3].isdigit()
    return Reply(int(words[1][:3]) if is_http else 0, text)


def request(method: bytes, target: bytes, *lines: bytes, body: bytes = b"") -> bytes:
    """Write a request of HTTP/1.1 that asks for the end of the connection."""
    head = [method + b" " + target + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", *lines]
    if body:
        head.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(head) + b"\r\n\r\n" + body


@contextlib.contextmanager
def uvicorn(app: Any) -> Generator[int, None, None]:
    """Serve an ASGI app; give the port."""
    from uvicorn import Config, Server

    server = Server(Config(app, port=0, log_level="critical", lifespan="off", http="h11"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    _wait(lambda: server.started)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


@contextlib.contextmanager
def wsgiref(app: Any, port: int = 0) -> Generator[int, None, None]:
    """Serve a WSGI app with the standard library, on *port* or any free one; give the port."""
    from perftrack_cli.wsgi_server import QuietServer

    server = QuietServer("127.0.0.1", port, app)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE_SECONDS)


@contextlib.contextmanager
def waitress(app: Any) -> Generator[int, None, None]:
    """Serve a WSGI app with waitress; give the port."""
    # By name, because waitress has no types.
    server: Any = importlib.import_module("waitress.server").create_server(
        app, host="127.0.0.1", port=0, threads=2, clear_untrusted_proxy_headers=True
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        # waitress ends its loop when nothing is left in its map; closing from here would race with it.
        server.trigger.pull_trigger(server.close)
        server.task_dispatcher.shutdown()
        thread.join(PATIENCE_SECONDS)


SERVERS: dict[str, tuple[str, Callable[[Any], AbstractContextManager[int]]]] = {
    "uvicorn": ("asgi", uvicorn),
    "wsgiref": ("wsgi", wsgiref),
    "waitress": ("wsgi", waitress),
}


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.005)
