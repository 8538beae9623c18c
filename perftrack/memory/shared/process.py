"""Which process this is, and whether another one still lives."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_START_FIELD: Final = 19
"""Of /proc/PID/stat, counted from the field behind the command, which may hold spaces."""


class Process(NamedTuple):
    """One process of all that ever were: pids come again, starts do not. Empty text: the system does not say."""

    pid: int
    start: str
    boot: str
    namespace: str
    """Of pids."""

    def is_gone(self) -> bool:
        """Tell whether the process has certainly ended. Where it cannot be compared, it may live."""
        here = this_process()
        if self.boot != here.boot:
            return bool(self.boot and here.boot)
        if self.namespace != here.namespace or not self.start:
            return False
        return start_of(self.pid) != self.start


def this_process() -> Process:
    """Describe this process."""
    return described(os.getpid())


def described(pid: int) -> Process:
    """Describe process *pid* of this machine."""
    return Process(pid, start_of(pid), _boot(), _namespace())


def start_of(pid: int) -> str:
    """Say when process *pid* started, in the words of its system; empty when there is none, or nobody says."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "" if sys.platform == "linux" else _start_by_ps(pid)
    fields = stat.rpartition(")")[2].split()
    # A zombie has ended: its parent has not asked for its status yet.
    return "" if fields[0] == "Z" else fields[_START_FIELD]


def command_of(pid: int) -> str:
    """Give the command line of process *pid*; empty where the system does not say."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    return ""


def _start_by_ps(pid: int) -> str:
    import subprocess  # noqa: PLC0415 - slow to import, and Linux never needs it

    with suppress(OSError, subprocess.SubprocessError):
        command = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, timeout=2, check=False).stdout.strip()  # noqa: S603 - a fixed program and a number
    return ""


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def _namespace() -> str:
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    return ""
