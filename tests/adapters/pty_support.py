"""Starts a command in a pseudo-terminal of a given size, presses keys, and shows what is on its screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30.0
# A session of its own with the pseudo-terminal as its terminal: only then it is told when the size changes.
START = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from perftrack_cli.main import main
sys.exit(main())
"""


class Program:
    """A command, its terminal, and the screen that the terminal shows."""

    def __init__(self, master: int, process: subprocess.Popen[bytes], columns: int, lines: int) -> None:
        """Watch *process* through *master*."""
        self.process = process
        self.written = b""
        self._master = master
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The same as one text."""
        return "\n".join(self.lines)

    def press(self, keys: str) -> None:
        """Press *keys*."""
        os.write(self._master, keys.encode())

    def until(self, wanted: Callable[[list[str]], bool]) -> list[str]:
        """Return what is on the screen as soon as it is as *wanted*."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted(self.lines):
            assert time.monotonic() < deadline, self.text
            self._feed()
        return self.lines

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        self._screen.resize(lines, columns)
        _set_size(self._master, columns, lines)

    def settings(self) -> list[object]:
        """Return the modes of the terminal."""
        return list(termios.tcgetattr(self._master))

    def end(self) -> int:
        """Wait for the end and return the exit status."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.text
            self._feed()
        while self._feed():
            pass
        return self.process.returncode

    def _feed(self) -> bool:
        if not select.select([self._master], [], [], 0.05)[0]:
            return False
        data = b""
        with contextlib.suppress(OSError):  # the other end has been closed
            data = os.read(self._master, 65536)
        self.written += data
        self._stream.feed(data)
        return bool(data)


@contextlib.contextmanager
def in_terminal(*arguments: str, columns: int = 80, lines: int = 24, **environ: str) -> Generator[Program, None, None]:
    """Start the command with *arguments* in a terminal, and see to it that it ends."""
    master, slave = pty.openpty()
    _set_size(master, columns, lines)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PERFTRACK_", "NO_COLOR"))}
    paths = f"{ROOT}{os.pathsep}{ROOT / 'adapters'}"
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", START, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**kept, "PYTHONPATH": paths, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC0", **environ},
    )
    try:
        yield Program(master, process, columns, lines)
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)


def _set_size(descriptor: int, columns: int, lines: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
