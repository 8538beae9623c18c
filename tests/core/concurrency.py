"""What the tests of threads and interruptions share."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

SLOW = 2.0
"""Seconds; a slow request is counted with the lock held."""

needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer on this platform")


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


@contextmanager
def signals(handler: Callable[[], object], seconds: float) -> Generator[None, None, None]:
    """Interrupt what runs in the block by *handler*, each time *seconds* after it ended.

    Not at an interval: on a busy machine, it would interrupt itself again and again until the stack is full.
    """
    on = True

    def strike(*_: object) -> None:
        handler()
        if on:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    previous = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        on = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)
