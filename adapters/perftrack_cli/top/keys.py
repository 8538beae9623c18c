"""The keyboard of a POSIX terminal: each key as it is pressed, by name."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import select
import termios
import tty
from collections.abc import Generator

NAMES = {
    "\x1b": "escape",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\r": "enter",
    "\n": "enter",
    "\x15": "clear",
    "\x0c": "redraw",
    "\x1a": "suspend",
    "\x04": "q",
    "\x1b[A": "up",
    "\x1bOA": "up",
    "\x1b[B": "down",
    "\x1bOB": "down",
    "\x1b[5~": "page up",
    "\x1b[6~": "page down",
    "\x1b[H": "home",
    "\x1bOH": "home",
    "\x1b[1~": "home",
    "\x1b[F": "end",
    "\x1bOF": "end",
    "\x1b[4~": "end",
}
KEY = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|.", re.DOTALL)
UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*|O)?\Z")
PATIENCE_SECONDS = 0.05
LOCAL_FLAGS, CONTROL_CHARACTERS = 3, 6


def keys_in(text: str) -> list[str]:
    """Return the names of the keys in *text*; letters are their own names, unknown sequences are left out."""
    found: list[str] = [each[0] for each in KEY.finditer(text)]
    return [NAMES.get(each, each) for each in found if each in NAMES or (len(each) == 1 and each.isprintable())]


class Keyboard:
    """Reads keys from a terminal in cbreak mode."""

    def __init__(self, descriptor: int) -> None:
        """Take the *descriptor* of the terminal."""
        self.descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self) -> list[str]:
        """Return the keys that are there, or `["q"]` when the terminal has gone."""
        text = self._some()
        if text is None:
            return ["q"]
        # Over a slow line the sequence of one key can come in pieces; what stays alone is the key Escape.
        while UNFINISHED.search(text) and self._has_more():
            text += self._some() or ""
        return keys_in(text)

    @contextlib.contextmanager
    def cbreak(self) -> Generator[None, None, None]:
        """Give each key at once and unseen, until the end of the block; Ctrl-Z becomes a key of ours."""
        before = termios.tcgetattr(self.descriptor)
        try:
            tty.setcbreak(self.descriptor)
            changed = termios.tcgetattr(self.descriptor)
            changed[CONTROL_CHARACTERS][termios.VSUSP] = bytes([os.fpathconf(self.descriptor, "PC_VDISABLE") & 0xFF])
            termios.tcsetattr(self.descriptor, termios.TCSADRAIN, changed)
            yield
        finally:
            # A terminal that has gone cannot be set back.
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.descriptor, termios.TCSADRAIN, before)

    def _some(self) -> str | None:
        try:
            data = os.read(self.descriptor, 1024)
        except OSError:
            return None
        return self._decoder.decode(data) if data else None

    def _has_more(self) -> bool:
        return bool(select.select([self.descriptor], [], [], PATIENCE_SECONDS)[0])
