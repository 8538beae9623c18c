"""The two halves of the Next.js example as processes of the test: the shop in FastAPI, and `next start` before it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "nextjs"
SECRET = "a-secret-of-the-tests-with-32-bytes-or-more"
PATIENCE_SECONDS = 30.0
TIMEOUT_MS = 1500
"""The longest that the front end waits for the backend here."""


def token(*roles: str, **claims: Any) -> str:
    """Make a token as the shop's own, with other *claims* where they are given."""
    own = {"iss": "shop", "aud": "shop", "roles": list(roles), "exp": int(time.time()) + 600}
    return jwt.encode({**own, **claims}, SECRET, algorithm="HS256")


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, f"waited too long for {what}"
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Tell whether somebody answers, whatever it is."""
    try:
        httpx.get(url, timeout=1.0)
    except httpx.TransportError:
        return False
    return True


class Process:
    """A server on a port of its own, which can be stopped and started again."""

    def __init__(self, command: list[str], environment: Mapping[str, str], port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command, self._environment = command, {**os.environ, **environment, "PORT": str(port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers, where no request is counted."""
        process = subprocess.Popen(
            self._command, env=self._environment, cwd=EXAMPLE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        self._process = process
        until(lambda: process.poll() is not None or answers(f"{self.url}/healthz"), f"{self._command} to answer")
        assert process.poll() is None, f"{self._command} ended with {process.poll()}"

    def signal(self, number: int) -> None:
        """Send a signal to it and to what it has started."""
        assert self._process
        os.killpg(self._process.pid, number)

    def stop(self) -> None:
        """End it, with what it has started."""
        if self._process is not None:
            self.signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def running(process: Process) -> Generator[Process, None, None]:
    """Start a server, and leave nothing of it."""
    try:
        process.start()
        yield process
    finally:
        process.stop()


def shop() -> Process:
    """The backend, as its own command starts it."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "adapters"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(EXAMPLE / "backend" / "app.py")]
    return Process(command, {"JWT_SECRET": SECRET, "PYTHONPATH": path}, free_port())


def front_end(backend: str) -> Process:
    """The built front end, before the backend at the address *backend*."""
    command = ["node", "node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1"]
    settings = {"BACKEND_URL": backend, "BACKEND_TIMEOUT_MS": str(TIMEOUT_MS), "NEXT_TELEMETRY_DISABLED": "1"}
    return Process(command, settings, free_port())
