"""Looking at a segment that another process is writing."""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping
from math import inf
from struct import Struct
from typing import Final, NamedTuple

from perftrack.memory.shared.layout import WORD, Cell, DamagedError, Identity, Layout, read_identity
from perftrack.memory.shared.page import PAGE_BYTES

TRIES: Final = 100
"""Looks until the segment is taken as it is: its owner seldom commits more than a few hundred times a second."""

LARGEST: Final = 1 << 30
"""Bytes; no segment is longer."""

_WORD: Final = Struct("=Q")
_FLOAT: Final = Struct("=d")


class Look(NamedTuple):
    """A segment as it was at one moment.

    Codes of entries come from *first*, their times from *pages*, which were read later: their owner stores a code last,
    so that the times of a code that was seen are there.
    """

    identity: Identity
    layout: Layout
    first: bytes
    pages: Mapping[int, bytes]
    """Place -> content."""

    def cell(self, number: int) -> int:
        """Read one of the numbers that change by themselves."""
        return cell_of(self.first, self.layout, number)

    def seconds(self, number: int) -> float:
        """Read one of the float seconds that change by themselves.

        Raises:
            DamagedError: It is none.
        """
        value: float = _FLOAT.unpack_from(self.first, self.layout.cells_at + number * WORD)[0]
        if not 0.0 <= value < inf:
            raise DamagedError("impossible seconds")
        return value


def look(descriptor: int) -> Look:
    """Read a segment whole: nothing is committed between the first and the last byte.

    Reads the file and maps nothing, because a mapping of a file that somebody cuts short kills who touches it.

    Raises:
        DamagedError: It is not a segment.
        OSError: It cannot be read.
    """
    seen = _look_once(descriptor)
    for _ in range(TRIES - 1):
        now = os.pread(descriptor, WORD, seen.layout.cells_at + Cell.COMMITS * WORD)
        if len(now) == WORD and _WORD.unpack(now)[0] == seen.cell(Cell.COMMITS):
            break
        seen = _look_once(descriptor)
    return seen


def _look_once(descriptor: int) -> Look:
    first = _content(descriptor)
    identity = read_identity(first)
    layout = Layout(identity.rows, identity.pages)
    if len(first) < layout.heap_at:
        raise DamagedError("truncated")
    return Look(identity, layout, first, _pages(descriptor, page_places(first, layout)))


def page_places(image: bytes, layout: Layout) -> list[int]:
    """Read where the pages are, in the order of their numbers."""
    table = array("Q", image[layout.page_table_at : layout.page_table_at + layout.pages * WORD])
    return [place for place in table if place]


def cell_of(image: bytes, layout: Layout, number: int) -> int:
    """Read one of the numbers that change by themselves in *image*."""
    value: int = _WORD.unpack_from(image, layout.cells_at + number * WORD)[0]
    return value


def _pages(descriptor: int, places: list[int]) -> dict[int, bytes]:
    """Read what the file has of each page, all in one read: they lie together, and each read would cost more."""
    size = os.fstat(descriptor).st_size
    begin = min(places, default=0)
    end = min(max(places, default=0) + PAGE_BYTES, size)
    content = os.pread(descriptor, end - begin, begin) if begin < end <= LARGEST else b""
    return {place: content[place - begin : place - begin + PAGE_BYTES] for place in places}


def _content(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    if size > LARGEST:
        raise DamagedError("too long")
    return os.pread(descriptor, size, 0)
