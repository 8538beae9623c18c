"""`perftrack top` as it runs: keys, answers and changes of size come in, pictures go out."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Generator
from dataclasses import replace

from rich.console import Console, Group
from rich.live import Live

from perftrack_cli.top.frame import Size, frame
from perftrack_cli.top.glyphs import Glyphs
from perftrack_cli.top.keys import Keyboard
from perftrack_cli.top.poller import Poller
from perftrack_cli.top.reading import Reader, State
from perftrack_cli.top.view import View, pressed


class Top:
    """The program between the first answer and the key q."""

    def __init__(self, console: Console, keyboard: Keyboard, glyphs: Glyphs, shown: str) -> None:
        """Draw on *console*, listen to *keyboard*; *shown* is the address."""
        self._console = console
        self._keyboard = keyboard
        self._glyphs = glyphs
        self._shown = shown
        self._room = 1
        self._stepping_aside = False
        # What wakes the loop: an answer of the poller's thread, a new size of the terminal.
        self._bell, self._ring = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._ring, False)

    def run(self, reader: Reader, state: State, view: View) -> None:
        """Show *state* and what *reader* brings, until the user leaves."""
        self._state, self._view = state, view
        self._poller = Poller(reader.read, self._wake)
        self._due = time.monotonic() + view.interval
        with self._resizes():
            while not self._view.leaving:
                self._watch()
                if self._stepping_aside:
                    os.kill(0, signal.SIGTSTP)  # as the terminal itself does at Ctrl-Z; goes on after `fg`
                    self._stepping_aside = False

    def _watch(self) -> None:
        with self._keyboard.cbreak(), Live(console=self._console, screen=True, auto_refresh=False) as live:
            while not (self._view.leaving or self._stepping_aside):
                live.update(self._picture(), refresh=True)
                self._wait()

    def _picture(self) -> Group:
        size = Size(*self._console.size)
        drawn = frame(self._state, self._view, size, self._glyphs, self._shown)
        self._view, self._room = drawn.view, drawn.room
        return Group(*drawn.lines)

    def _wait(self) -> None:
        """Return when something has happened."""
        ready, _, _ = select.select([self._keyboard.descriptor, self._bell], [], [], self._patience())
        if self._bell in ready:
            os.read(self._bell, 4096)
        if self._keyboard.descriptor in ready:
            for key in self._keyboard.read():
                self._press(key)
        self._take()
        if not self._view.paused and time.monotonic() >= self._due:
            self._poller.ask()

    def _patience(self) -> float | None:
        if self._view.paused or self._poller.waiting:
            return None
        return max(0.0, self._due - time.monotonic())

    def _press(self, key: str) -> None:
        if key == "suspend":
            self._stepping_aside = True
        self._view = pressed(self._view, key, self._room)
        self._due = min(self._due, time.monotonic() + self._view.interval)

    def _take(self) -> None:
        answer = self._poller.taken()
        # What was asked for before a pause is not shown in it: the picture stands still.
        if answer is None or self._view.paused:
            return
        self._due = time.monotonic() + self._view.interval
        self._state = replace(self._state, failure=answer) if isinstance(answer, str) else State(answer)

    def _wake(self) -> None:
        # A pipe that is full wakes as well.
        with contextlib.suppress(BlockingIOError):
            os.write(self._ring, b"!")

    @contextlib.contextmanager
    def _resizes(self) -> Generator[None, None, None]:
        before = signal.signal(signal.SIGWINCH, lambda number, frame: self._wake())
        try:
            yield
        finally:
            signal.signal(signal.SIGWINCH, before)
