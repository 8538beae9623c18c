"""What the app of the workers does for each path, whatever framework or server it runs in."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import time
from pathlib import Path
from typing import Final
from uuid import uuid4

HEADER: Final = "X-Worker"
"""In every answer, the admin pages' too: the process that gave it, and that process's parent."""

SKIPPED: Final = "/ping"
"""A path that is not counted; keeps its worker busy for a moment, so that others answer what comes meanwhile."""

SLOW_SECONDS: Final = 0.5
"""Slower requests count as slow."""

CACHE_SIZE: Final = 100
"""Entries that a worker's cache holds at most, where the app has one."""

EVIDENCE: Final = "WORKERS_EVIDENCE"
"""Variable with the file to which the app adds a line for each request, after perftrack has recorded it."""

GATE: Final = "WORKERS_GATE"
"""Variable with the file whose appearance ends the requests of `/hold`.

Each of these leaves a file beside it, whose name begins with the gate's and ends with the worker's process id.
"""

_BUSY_SECONDS: Final = 0.002
_NAP_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 20.0
_CHILD_SECONDS: Final = 60
"""How long a child lives if nobody ends it."""


def answer(path: str) -> tuple[int, bytes]:
    """Do what *path* asks for; give status and body. Blocks on purpose, as CPU work does, also where others wait."""
    if path.startswith("/missing"):
        return 404, b"missing"
    if path == "/fails":
        return 500, b"fails"
    if path.startswith("/child"):
        return 200, str(_child(hidden=path.endswith("-hidden"))).encode()
    _spend(path)
    return 200, path.encode()


def whoami() -> str:
    """Give the value of the header."""
    return f"{os.getpid()} {os.getppid()}"


def note(path: str) -> None:
    """Leave evidence that a request of *path* has been answered and recorded."""
    file = os.environ.get(EVIDENCE)
    if file is None or path == SKIPPED or path.startswith("/admin/"):
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{os.getpid()}\n".encode())
    finally:
        os.close(descriptor)


def _spend(path: str) -> None:
    if path == "/nap":
        time.sleep(_NAP_SECONDS)
    elif path == "/slow":
        time.sleep(SLOW_SECONDS * 1.1)
    elif path == "/hold":
        _wait_for(Path(os.environ[GATE]))
    else:
        # Not a sleep: gevent's lets the worker take the next connection.
        until = time.perf_counter() + _BUSY_SECONDS
        while time.perf_counter() < until:
            pass


def _wait_for(gate: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    gate.with_name(f"{gate.name}.{uuid4().hex}.{os.getpid()}").touch()
    while not gate.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def _child(*, hidden: bool) -> int:
    """Fork a child that outlives its worker, hidden from Python or not; give its process id."""
    if not hidden:
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(_CHILD_SECONDS,))
        child.start()
        return child.pid or 0
    # The library's own fork: no hook of Python's runs, as with a fork by a C extension.
    library = ctypes.PyDLL(None)
    pid = int(library.fork())
    if pid == 0:
        library.sleep(_CHILD_SECONDS)
        library._exit(0)
    return pid
