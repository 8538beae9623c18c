"""The signs that `perftrack top` draws with, and small pictures made of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

Values = Sequence[float | None]


class Glyphs(NamedTuple):
    """The signs; those of few letters are for terminals that are not UTF-8."""

    levels: str
    full: str
    down: str
    up: str
    rise: str
    fall: str
    dot: str


UNICODE = Glyphs("▁▂▃▄▅▆▇█", "█", "▼", "▲", "↑", "↓", "·")
# The fonts of the Linux console have no eighths of a block.
CONSOLE = Glyphs("_.-=+*#@", "█", "▼", "▲", "↑", "↓", "·")
ASCII = Glyphs("_.-=+*#@", "#", "v", "^", "+", "-", "-")


def glyphs_for(encoding: str | None, terminal: str | None = None) -> Glyphs:
    """Return the signs that *encoding* has, and the fonts of a *terminal* such as `TERM` names it."""
    try:
        "".join(UNICODE).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return CONSOLE if terminal == "linux" else UNICODE


def folded(values: Values, columns: int) -> list[float | None]:
    """Return at most *columns* values: of those that share a column the largest, so that no peak is lost."""
    if len(values) <= columns:
        return list(values)
    edges = [index * len(values) // columns for index in range(columns + 1)]
    return [_largest(values[start:end]) for start, end in pairwise(edges)]


def spark(values: Values, columns: int, glyphs: Glyphs) -> str:
    """Return *values*, oldest first, as a line of bars against the largest; a blank where there is none."""
    shown = folded(values, columns)
    top = _largest(shown) or 0.0
    return "".join(_bar(value, top, glyphs.levels) for value in shown)


def share_bar(percent: float, columns: int, glyphs: Glyphs) -> str:
    """Return a bar that fills *columns* at 100 %."""
    return glyphs.full * round(max(0.0, min(percent, 100.0)) / 100 * columns)


def _bar(value: float | None, top: float, levels: str) -> str:
    if value is None:
        return " "
    if value <= 0 or top <= 0:
        return levels[0]
    # The lowest level is for nothing at all.
    return levels[max(1, round(value / top * (len(levels) - 1)))]


def _largest(values: Values) -> float | None:
    return max((value for value in values if value is not None), default=None)
