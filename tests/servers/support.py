"""Starts one server with the app of `support_apps`, sends it the same requests as all others, reads the numbers."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20.0
APPS = "tests.servers.support_apps"


@dataclass
class Server:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    port: int
    log: IO[bytes]

    def request(self, method: str, path: str) -> tuple[int, bytes]:
        """Send one request on a connection of its own, and read the whole answer."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)) as client:
            client.request(method, path, headers={"Connection": "close"})
            response = client.getresponse()
            return response.status, response.read()

    def leave(self, path: str) -> None:
        """Ask for *path*, read the first bytes of the answer, and hang up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert client.recv(1)
            # Closed with a reset, as when the other machine has gone: the server's next write fails.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def stats(self) -> Any:
        """Give the numbers as soon as nothing is in flight."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, body = self.request("GET", "/admin/performance/stats")
            assert status == 200, body
            stats = json.loads(body)
            if stats["in_flight"] == 0:
                return stats
            assert time.monotonic() < deadline, (stats, self.printed())
            time.sleep(0.05)

    def printed(self) -> str:
        """Give what the server printed."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


@contextlib.contextmanager
def serving(*command: str, folder: Path = ROOT, **variables: str) -> Generator[Server, None, None]:
    """Start `python -m` *command* in *folder*, in which `{port}` is a free port, and stop it at the end."""
    port = free_port()
    arguments = [sys.executable, "-m", *(part.replace("{port}", str(port)) for part in command)]
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as kept:
        whole = {**environ(kept), **variables}
        process = subprocess.Popen(arguments, cwd=folder, env=whole, stdout=log, stderr=subprocess.STDOUT)
        server = Server(process, port, log)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            _stop(process)


def exercise(server: Server) -> None:
    """Send every server the same requests; the answers are the app's own."""
    for _ in range(3):
        assert server.request("GET", "/fast") == (200, b"/fast")
    assert server.request("GET", "/slow") == (200, b"/slow")
    assert server.request("GET", "/stream") == (200, b"one two three")
    assert server.request("GET", "/fails") == (500, b"/fails")
    assert server.request("GET", "/raises")[0] == 500
    for number in range(3):
        assert server.request("GET", f"/unknown-{number}")[0] == 404
    assert server.request("HEAD", "/fast") == (200, b"")
    assert server.request("GET", "/empty") == (204, b"")
    assert server.request("GET", "/file") == (200, (ROOT / "tests/servers/support_apps.py").read_bytes())
    assert server.request("GET", "/health")[0] == 404
    server.leave("/long")
    server.leave("/events")


def check(server: Server) -> None:
    """Send the requests, and hold the numbers to what was sent."""
    exercise(server)
    stats = server.stats()
    assert rows(stats) == EXPECTED
    assert stats["outcomes"] == {"ok": 8, "client_error": 3, "server_error": 2, "client_left": 2}
    assert (stats["total_requests"], stats["total_errors"], stats["error_rate"]) == (15, 5, 38.46)
    assert stats["duration"]["count"] == 13
    assert stats["streams"]["finished"] == 1
    assert stats["endpoint_stats"]["GET /slow"]["slow_queries_count"] == 1
    assert "/slow" in [query["path"] for query in stats["recent_slow_queries"]]
    assert not [warning for warning in stats["warnings"] if "failed" in warning]
    assert "ResourceWarning" not in server.printed()


def rows(stats: Any) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    """Give status counts and outcomes of every row."""
    return {
        name: (row["status"], {outcome: count for outcome, count in row["outcomes"].items() if count})
        for name, row in stats["endpoint_stats"].items()
    }


EXPECTED: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "GET /fast": ({"200": 3}, {"ok": 3}),
    "GET /slow": ({"200": 1}, {"ok": 1}),
    "GET /stream": ({"200": 1}, {"ok": 1}),
    "GET /fails": ({"500": 1}, {"server_error": 1}),
    "GET /raises": ({"500": 1}, {"server_error": 1}),
    "GET <unmatched>": ({"404": 3}, {"client_error": 3}),
    "HEAD /fast": ({"200": 1}, {"ok": 1}),
    "GET /empty": ({"204": 1}, {"ok": 1}),
    "GET /file": ({"200": 1}, {"ok": 1}),
    "GET /long": ({"200": 1}, {"client_left": 1}),
    "GET /events": ({"200": 1}, {"client_left": 1}),
}


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environ(folder: str) -> dict[str, str]:
    """Give the environment without settings of the user's; *folder* is for what a server keeps while it runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PERFTRACK_")}
    path = f"{ROOT}{os.pathsep}{ROOT / 'adapters'}"
    return {**kept, "PYTHONPATH": path, "PYTHONWARNINGS": "default", "XDG_RUNTIME_DIR": folder}


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert server.process.poll() is None, server.printed()
        with contextlib.suppress(OSError):
            # An admin page, as those are not counted.
            server.request("GET", "/admin/performance/health")
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer: {server.printed()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
