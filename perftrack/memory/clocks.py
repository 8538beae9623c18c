"""The clocks of a tracker."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks, and what they showed when the tracker began to count in this process."""

    monotonic: Callable[[], float]
    """Float seconds."""
    wall: Callable[[], float]
    """Seconds since 1970."""
    name: str
    """Of the monotonic clock: equal for all processes of one boot of one host."""
    born: float = field(init=False)
    """By the monotonic clock."""
    started: float = field(init=False)
    """The same moment in seconds since 1970."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "born", self.monotonic())
        object.__setattr__(self, "started", self.wall())


@cache
def clock_name() -> str:
    """Name the monotonic clock, which all processes of one boot of one host share."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return os.uname().nodename if hasattr(os, "uname") else "host"
