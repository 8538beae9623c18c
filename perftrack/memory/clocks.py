"""The clocks of a tracker."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache


class Clocks:
    """Both clocks, and what they showed when the tracker began to count in this process."""

    __slots__ = ("born", "monotonic", "name", "started", "wall")

    def __init__(self, monotonic: Callable[[], float], wall: Callable[[], float], name: str) -> None:
        """Begin now."""
        self.monotonic = monotonic
        """Float seconds."""
        self.wall = wall
        """Seconds since 1970."""
        self.name = name
        """Of the monotonic clock: equal for all processes of one boot of one host."""
        self.born = monotonic()
        """By the monotonic clock."""
        self.started = wall()
        """The same moment in seconds since 1970."""


@cache
def clock_name() -> str:
    """Name the monotonic clock, which all processes of one boot of one host share."""
    try:
        # No `Path`: at the start of an app, importing that takes longer than all else in this module.
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123
            return file.read().strip()
    except OSError:
        return os.uname().nodename if hasattr(os, "uname") else "host"
