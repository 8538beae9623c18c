"""Starts the command `perftrack` as its users do, in a process of its own, and talks to it over sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "token-of-the-tests"
PATIENCE_SECONDS = 30.0


@dataclass
class Running:
    """A command that serves. What it prints goes to a file: a pipe that nobody reads would stop it when it is full."""

    process: subprocess.Popen[str]
    printed: IO[str]
    lines: list[str]
    port: int

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, bytes]:
        """Send one request, read the whole answer, give status and body."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            return response.status, response.read()

    def admin(self, path: str, token: str = TOKEN) -> Any:
        """Give the JSON of an admin page."""
        status, body = self.request("GET", f"/admin/performance{path}", Authorization=f"Bearer {token}")
        assert status == 200, (status, body)
        return json.loads(body)

    def sign_in(self, code: str) -> str | None:
        """Post the code of a sign-in link; give the cookie, None when it is refused."""
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("POST", "/admin/performance/sign-in", json.dumps({"code": code}), headers)
            response = connection.getresponse()
            response.read()
            cookie = response.headers["Set-Cookie"]
        return cookie and cookie.partition(";")[0]

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal, and give exit status and what was printed after the start-up lines."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> tuple[int, str]:
        """Wait for the end, and give the same."""
        status = self.process.wait(PATIENCE_SECONDS)
        return status, self.printed.read()


def perftrack(*arguments: str, folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        _command(arguments),
        cwd=folder,
        env=_environ(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextlib.contextmanager
def running(*arguments: str, folder: Path = ROOT, **variables: str) -> Generator[Running, None, None]:
    """Start the command on a free port, wait until it answers, and see to it that it ends."""
    # A session of its own, so that a test can send what a terminal sends at Ctrl-C: the signal to the whole group.
    with tempfile.NamedTemporaryFile("w") as output, Path(output.name).open() as printed:
        process = subprocess.Popen(
            _command((*arguments, "--port", "0")),
            cwd=folder,
            env=_environ(variables),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield _ready(process, printed)
        finally:
            _end(process)


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "perftrack_cli", *arguments]


def _environ(variables: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PERFTRACK_")}
    return {**kept, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'adapters'}", **variables}


def _end(process: subprocess.Popen[str]) -> None:
    # Asked first: only the command itself can end its workers, which are in process groups of their own.
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ready(process: subprocess.Popen[str], printed: IO[str]) -> Running:
    lines = _start_lines(process, printed)
    found = re.search(r"http://[^/ ]*:(\d+)", lines[0])
    assert found, lines
    started = Running(process, printed, lines, int(found[1]))
    _wait_until_it_answers(started)
    return started


def _start_lines(process: subprocess.Popen[str], printed: IO[str]) -> list[str]:
    text = ""
    # The curl line is the last that both commands always print.
    while not (text.endswith("\n") and "curl " in text):
        ended = process.poll() is not None
        line = printed.readline()
        text += line
        assert line or not ended, f"ended with status {process.returncode}: {text}"
        time.sleep(0 if line else 0.01)
    return text.splitlines()


def _wait_until_it_answers(started: Running) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            # An admin page, as those are not counted.
            started.request("GET", "/admin/performance/health")
            return
        assert started.process.poll() is None, started.printed.read()
        time.sleep(0.05)
    raise AssertionError("no answer")
