"""What the tests of threads and interruptions share."""

from __future__ import annotations

import threading
from collections.abc import Callable

SLOW = 2.0
"""Seconds; a slow request is counted with the lock held."""


class Interruption:
    """A wall clock that interrupts whoever reads it, which the tracker does with its lock held."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def __call__(self) -> float:
        """Run what waits, once, then tell a time."""
        while self.waiting:
            self.waiting.pop()()
        return 1_768_473_000.0


def finish_or_hang(*calls: Callable[[], object]) -> None:
    """Run all *calls* at once and wait for their end; a deadlock fails instead of standing still."""
    threads = [threading.Thread(target=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120.0)
        assert not thread.is_alive(), "deadlock"
