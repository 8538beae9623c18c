"""Asks the app in a thread of its own, so that keys are answered while an answer is awaited."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from perftrack_cli.errors import CommandError
from perftrack_cli.top.reading import Reading


class Poller:
    """Asks once each time it is told to; what comes back is taken with `taken`."""

    def __init__(self, read: Callable[[], Reading], notify: Callable[[], None]) -> None:
        """Ask with *read*, and call *notify* after each answer."""
        self._read = read
        self._notify = notify
        self._asked = threading.Semaphore(0)
        self._answers: queue.SimpleQueue[Reading | str] = queue.SimpleQueue()
        self.waiting = False
        """Whether an answer is awaited."""
        threading.Thread(target=self._run, daemon=True, name="perftrack-top").start()

    def ask(self) -> None:
        """Ask, unless an answer is awaited already."""
        if not self.waiting:
            self.waiting = True
            self._asked.release()

    def taken(self) -> Reading | str | None:
        """Return the answer, the reason why there is none, or `None` while it is awaited."""
        try:
            answer = self._answers.get_nowait()
        except queue.Empty:
            return None
        self.waiting = False
        return answer

    def _run(self) -> None:
        while True:
            self._asked.acquire()
            try:
                self._answers.put(self._read())
            except CommandError as error:
                self._answers.put(str(error))
            except Exception as error:
                # Whatever it is, the thread must live: the next answer may be a good one.
                self._answers.put(f"{type(error).__name__}: {error}")
            self._notify()
