"""The client of the scenarios: whole requests, and clients that leave when they want to."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass

TIMEOUT = 15.0
SMALL_WINDOW = 16 * 1024


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    body: bytes


class Client:
    """Talks to one server. Each request has a connection of its own."""

    def __init__(self, port: int) -> None:
        """Talk to the server at *port* of this machine."""
        self.port = port

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and take its whole answer."""
        with self.connection() as connection:
            connection.request(method, path, body, dict(headers or {}))
            return _answer(connection)

    def get(self, path: str, **headers: str) -> Answer:
        """GET *path*."""
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def get_cut_off(self, path: str) -> None:
        """GET *path*, whose answer the server cuts off."""
        with contextlib.suppress(http.client.IncompleteRead, ConnectionError):
            self.get(path)

    def get_slowly(self, path: str, pause: float) -> Answer:
        """GET *path* with a small receive buffer, and read its body only after a *pause*."""
        with self.connection() as connection:
            connection.sock = self.socket(SMALL_WINDOW)
            connection.request("GET", path)
            response = connection.getresponse()
            time.sleep(pause)
            return Answer(response.status, response.read())

    def get_twice(self, path: str, pause: float) -> None:
        """GET *path* twice on one connection, with a *pause* in which nothing is asked."""
        with self.connection() as connection:
            for seconds in (0.0, pause):
                time.sleep(seconds)
                connection.request("GET", path)
                _answer(connection)

    def leave_after_first_bytes(self, path: str) -> None:
        """GET *path*, take some of the answer and leave."""
        with self.socket(SMALL_WINDOW) as connection:
            connection.sendall(_head("GET", path))
            taken = b""
            while len(taken) < 2048:
                taken += connection.recv(1024)

    def leave_before_answer(self, path: str) -> None:
        """GET *path* and leave before the answer comes."""
        with self.socket() as connection:
            connection.sendall(_head("GET", path))
            time.sleep(0.1)

    def reset_before_answer(self, path: str) -> None:
        """GET *path* and reset the connection before the answer comes."""
        with self.socket() as connection:
            connection.sendall(_head("GET", path))
            time.sleep(0.1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def leave_during_upload(self, path: str) -> None:
        """POST to *path*, send a part of the body and leave."""
        with self.socket() as connection:
            connection.sendall(_head("POST", path, "Content-Length: 1000000") + b"x" * 1000)
            time.sleep(0.1)

    @contextlib.contextmanager
    def connection(self) -> Generator[http.client.HTTPConnection, None, None]:
        """Give a connection for whole requests."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)) as connection:
            yield connection

    def socket(self, window: int | None = None) -> socket.socket:
        """Give a connected socket, with a receive buffer of *window* bytes."""
        made = socket.socket()
        made.settimeout(TIMEOUT)
        if window is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        made.connect(("127.0.0.1", self.port))
        return made


def _answer(connection: http.client.HTTPConnection) -> Answer:
    response = connection.getresponse()
    return Answer(response.status, response.read())


def _head(method: str, path: str, *headers: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", "")
    return "\r\n".join(lines).encode()
