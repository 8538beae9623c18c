"""A lock that no request waits for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any


class Turnstile:
    """Guards counters. Readers wait for it; a request tries it once, and leaves its work on a queue if it is taken.

    The holder may be another thread, or this very thread, interrupted by a signal handler or by the garbage collector.
    Whoever comes next does the work that was left, so nothing is lost and nothing can deadlock.
    """

    __slots__ = ("_acquire", "_left", "_release")

    def __init__(self) -> None:
        """Start free."""
        lock = threading.Lock()
        self._acquire, self._release = lock.acquire, lock.release
        self._left: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()

    def attempt(self, work: Callable[..., None], *arguments: Any) -> bool:
        """Do *work* now, and what was left before. Give False, and do nothing, when the turnstile is taken."""
        if not self._acquire(False):
            return False
        try:
            work(*arguments)
            self._do_what_is_left()
        finally:
            self._release()
        if self._left:
            self._serve()
        return True

    def soon(self, work: Callable[..., None], *arguments: Any) -> None:
        """Do *work* now, or leave it to whoever comes next."""
        self._left.append((work, arguments))
        self._serve()

    def __enter__(self) -> None:
        """Wait for the turnstile, and do what was left."""
        self._acquire()
        try:
            self._do_what_is_left()
        except BaseException:
            self._release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the turnstile back."""
        self._release()
        if self._left:
            self._serve()

    def _serve(self) -> None:
        """Do what is left, unless somebody else is at it. What was left to a holder on his way out is seen here."""
        while self._left and self._acquire(False):
            try:
                self._do_what_is_left()
            finally:
                self._release()

    def _do_what_is_left(self) -> None:
        """Do what is on the queue now. What comes meanwhile is for the next one who gets the turnstile."""
        for _ in range(len(self._left)):
            work, arguments = self._left.popleft()
            work(*arguments)
