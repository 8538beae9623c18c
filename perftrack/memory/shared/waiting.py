"""What waits in the pages of workers, gathered: the readings of all workers are counted at once."""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Callable
from struct import Struct
from typing import Final, NamedTuple

from perftrack.memory.shared.counting import Readings, count_readings
from perftrack.memory.shared.entry import EMPTY, HIGH_BYTE, SPECIAL, STATUS_MASK, WHOLE
from perftrack.memory.shared.layout import WORD, DamagedError
from perftrack.memory.shared.look import Look
from perftrack.memory.shared.page import CODE, CODES_AT, DURATIONS_AT, ENTRIES, FIRST_BYTES_AT
from perftrack.memory.shared.sums import EndpointSum, SecondSum

LONGEST: Final = 1e15
"""Seconds; no times are longer, nor those of a page together."""

_HEADER: Final = Struct("=QQq")

_HIGHEST_BYTE: Final = WORD - 1 if sys.byteorder == "little" else 0
"""Of a float in native order: its sign, and most of its exponent."""
_LIKELY: Final = bytes(range(0x43))
"""Values of the highest byte of times: positive, below 2 ** 49 seconds, and so neither infinite nor no number."""


class PageEntries(NamedTuple):
    """Entries of a page, by column, as bytes. The code of one that is not whole is 0."""

    codes: bytes
    durations: bytes
    first_bytes: bytes

    def number(self) -> int:
        """Count those that are whole: all their codes have a bit in the high byte."""
        highs = self.codes[HIGH_BYTE::CODE]
        return len(highs) - highs.count(0)

    def plain_code(self) -> int:
        """Give the code of all of them, if it is the same and that of requests with nothing special; else 0."""
        first = self.codes[:CODE]
        if self.codes != first * (len(self.codes) // CODE):
            return 0
        code = array("H", first)[0]
        return code if code & (WHOLE | SPECIAL) == WHOLE else 0


class Waiting:
    """Entries of pages, by endpoint and second.

    Most pages hold plain requests only: those with the same code are counted together.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._plain: defaultdict[tuple[EndpointSum, int, int], list[PageEntries]] = defaultdict(list)
        """By endpoint, second and code."""
        self._others: defaultdict[tuple[EndpointSum, int], list[PageEntries]] = defaultdict(list)

    def add(self, endpoint: EndpointSum, second: int, entries: PageEntries) -> None:
        """Add those of one page."""
        code = entries.plain_code()
        if code:
            self._plain[endpoint, second, code].append(entries)
        else:
            self._others[endpoint, second].append(entries)

    def count(self, second_of: Callable[[int], SecondSum], apdex_threshold: float) -> None:
        """Count them all, each in its endpoint and in the second that *second_of* gives. Call it once."""
        for (endpoint, second, code), pages in self._plain.items():
            readings = _readings(pages)
            number, first_bytes = len(readings.durations), [] if code & EMPTY else readings.first_bytes
            endpoint.count_batch({code & STATUS_MASK: number}, readings.durations, first_bytes, second_of(second))
            endpoint.add_second(second, number)
        for (endpoint, second), pages in self._others.items():
            readings = _readings(pages).chosen(WHOLE, WHOLE)
            count_readings(endpoint, second_of(second), readings, readings.by_code(), apdex_threshold)
            endpoint.add_second(second, len(readings.durations))


def _readings(pages: list[PageEntries]) -> Readings:
    codes, durations, first_bytes = map(b"".join, zip(*pages, strict=True))
    return Readings(codes, _floats(durations), _floats(first_bytes))


def page_header(look: Look, place: int) -> tuple[int, int, int]:
    """Read the beginning of the page at *place*: its epoch, its row and its second."""
    epoch, row, second = _HEADER.unpack_from(look.first, place)
    return epoch, row, second


def page_entries(look: Look, place: int) -> PageEntries:
    """Read the entries of the page at *place*, those left out that nobody has stored yet at its end.

    Raises:
        DamagedError: It holds times that cannot be.
    """
    begin = place + CODES_AT * WORD
    stored = look.first[begin : begin + ENTRIES * CODE].rstrip(b"\0")
    number, page = (len(stored) + CODE - 1) // CODE, look.pages[place]
    entries = PageEntries(
        look.first[begin : begin + number * CODE],
        page[DURATIONS_AT * WORD : (DURATIONS_AT + number) * WORD],
        page[FIRST_BYTES_AT * WORD : (FIRST_BYTES_AT + number) * WORD],
    )
    highest_bytes = (entries.durations + entries.first_bytes)[_HIGHEST_BYTE::WORD]
    if highest_bytes.translate(None, _LIKELY) and not _are_possible(_floats(entries.durations + entries.first_bytes)):
        raise DamagedError("a page holds impossible times")
    return entries


def _are_possible(times: list[float]) -> bool:
    return min(times) >= 0.0 and sum(times) < LONGEST  # what is no number makes no sum


def _floats(column: bytes) -> list[float]:
    return array("d", column).tolist()
