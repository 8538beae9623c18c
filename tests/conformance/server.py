"""Starts a real server on a free port of this machine, and stops it by its process id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import IO

from tests.conformance.integrations import Integration

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "made-up-for-the-tests"
MONITOR = "tests.conformance.apps.perftrack_monitor"
START_SECONDS = 30.0
STOP_SECONDS = 10.0


def free_port() -> int:
    """Give a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(server: str, target: str, port: int) -> list[str]:
    """Give the command that serves *target*, one worker. h11 lets invented methods through to the app."""
    if server == "uvicorn":
        options = ["--http", "h11", "--log-level", "critical", "--port", str(port)]
        return [sys.executable, "-m", "uvicorn", *options, target]
    options = ["--worker-class", "gthread", "--threads", "16", "--bind", f"127.0.0.1:{port}", "--log-level", "critical"]
    return [sys.executable, "-m", "gunicorn", *options, target]


@contextlib.contextmanager
def serving(server: str, target: str, **environment: str) -> Generator[int, None, None]:
    """Serve *target* and give the port."""
    port = free_port()
    paths = [str(ROOT), str(ROOT / "adapters"), os.environ.get("PYTHONPATH", "")]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PERFTRACK_")}
    variables = {**inherited, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **environment}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as output:
        variables["TMPDIR"] = folder  # for the file that the apps send
        process = subprocess.Popen(
            command(server, target, port), cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_listening(process, port, output)
            yield port
        finally:
            _stop(process)


@contextlib.contextmanager
def serving_integration(integration: Integration, monitor: str = MONITOR) -> Generator[int, None, None]:
    """Serve the app of *integration*, watched by *monitor*, and give the port."""
    with serving(
        integration.server,
        "tests.conformance.served:app",
        CONFORMANCE_APP=integration.app,
        CONFORMANCE_MONITOR=monitor,
        CONFORMANCE_SERVER=integration.server,
        PERFTRACK_ADMIN_TOKEN=TOKEN,
        PERFTRACK_SLOW_QUERY_THRESHOLD="0.7",
    ) as port:
        yield port


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, output: IO[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    output.seek(0)
    raise RuntimeError(f"the server did not start:\n{output.read().decode(errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
