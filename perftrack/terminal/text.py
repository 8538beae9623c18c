"""Text for a terminal: what came from outside is made inert, columns line up, colours only where they are wanted."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

AMBER = "38;5;214"
YELLOW = "38;5;220"
RED = "38;5;203"
GREEN = "38;5;114"

Painter = Callable[[str, str], str]
"""Takes a text and a colour."""


def printable(text: str) -> str:
    """Return *text* with everything that could steer a terminal written out (`\\x1b`), on one line.

    Letters written from right to left are such, too: a terminal that knows them reorders the numbers beside them.
    """
    return "".join(char if _stays_in_place(char) else _escaped(char) for char in text)


def one_line(text: str) -> str:
    """Return *text* with its line breaks and runs of blanks folded to one blank, and the rest made printable."""
    return printable(" ".join(text.split()))


def width(text: str) -> int:
    """Return the number of terminal columns that *text* takes."""
    return sum(map(_columns, text))


def cut(text: str, columns: int) -> str:
    """Return *text* in at most *columns* columns; what was cut off shows as an ellipsis."""
    if width(text) <= columns:
        return text
    kept, used = "", 1
    for char in text:
        used += _columns(char)
        if used > columns:
            break
        kept += char
    return kept + "…"


def paint(text: str, colour: str) -> str:
    """Return *text* in *colour* (the part of an SGR sequence between `ESC [` and `m`); none for an empty one."""
    return f"\x1b[{colour}m{text}\x1b[0m" if colour else text


def painter_of(colour: bool) -> Painter:
    """Return `paint`, or where no colours are wanted what leaves the text as it is."""
    return paint if colour else _plain


def aligned(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Return *rows* as lines whose columns stand below each other; *sides* has `<` or `>` for each column."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows]


def wants_colour(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether *stream* is a terminal that shows colours; `NO_COLOR`, whatever its value, says no."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _stays_in_place(char: str) -> bool:
    return char.isprintable() and unicodedata.bidirectional(char) not in ("R", "AL", "AN")


def _plain(text: str, colour: str) -> str:
    return text


def _padded(text: str, columns: int, side: str) -> str:
    blanks = " " * (columns - width(text))
    return text + blanks if side == "<" else blanks + text


def _escaped(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
