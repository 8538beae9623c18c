"""Pages: where requests store their readings until they are counted.

A page belongs to one endpoint and one second. Its three columns hold, for each request, a code, the duration and the
first byte, both in seconds. The code is stored last, and says that the rest is whole: until then it is 0.
"""

from __future__ import annotations

from math import inf
from typing import Any, Final, cast

from perftrack.memory.shared.counting import Readings
from perftrack.memory.shared.entry import EMPTY
from perftrack.memory.shared.layout import WORD
from perftrack.memory.timeline import Tally, Timeline

ENTRIES: Final = 64
"""Requests that a page holds, and so wait uncounted at most."""

HEADER_WORDS: Final = 8
EPOCH, ENDPOINT, SECOND = range(3)
"""Words of a page's header."""

CODE: Final = 2
"""Bytes of a code."""
CODES_AT: Final = HEADER_WORDS
DURATIONS_AT: Final = CODES_AT + ENTRIES * CODE // WORD
FIRST_BYTES_AT: Final = DURATIONS_AT + ENTRIES
PAGE_WORDS: Final = FIRST_BYTES_AT + ENTRIES
PAGE_BYTES: Final = PAGE_WORDS * WORD

_NO_CODES: Final = memoryview(bytes(ENTRIES * CODE)).cast("H")


class Page:
    """A page of the owner, open for one endpoint and one second, or idle.

    `free` gives the entries that are free, one after the other and each once, whatever the threads; nothing more when
    the page is full or closed.
    """

    __slots__ = (
        "_header",
        "codes",
        "durations",
        "endpoint",
        "epoch",
        "first_bytes",
        "free",
        "index",
        "reusable",
        "second",
        "second_end",
        "taken",
        "tally",
    )

    def __init__(self, index: int, memory: memoryview) -> None:
        """Lay a page over *memory*; *index* is its place in the page table."""
        cells, floats = memory.cast("Q"), memory.cast("d")
        self.index = index
        self._header = cells[:HEADER_WORDS]
        self.codes = memory[CODES_AT * WORD : DURATIONS_AT * WORD].cast("H")
        self.durations = floats[DURATIONS_AT:FIRST_BYTES_AT]
        self.first_bytes = floats[FIRST_BYTES_AT:PAGE_WORDS]
        self.epoch = 0
        self.endpoint = -1
        self.second = 0
        self.second_end = -inf
        self.tally: Tally
        """Where the requests of its second are counted."""
        self.reusable = True
        """False when a thread may still store something late."""
        self.taken = 0
        """Entries that were given out; known when the page is closed."""
        self.free = iter(range(0))

    def open(self, endpoint: int, timeline: Timeline, epoch: int) -> None:
        """Take the requests of *endpoint* in the second of *timeline*. *epoch* is higher than any before."""
        self.endpoint, self.epoch = endpoint, epoch
        self.codes[:] = _NO_CODES
        self.second, self.second_end, self.tally = timeline.second, timeline.second_end, timeline.tally
        self._header[ENDPOINT], self._header[SECOND] = endpoint, timeline.second
        self._header[EPOCH] = epoch
        self.free = iter(range(ENTRIES))

    def put(self, at: int, code: int, duration: float, first_byte: float | None) -> None:
        """Store the readings of one request in entry *at*."""
        self.durations[at] = duration
        if first_byte is None:
            code |= EMPTY
        else:
            self.first_bytes[at] = first_byte
        self.codes[at] = code

    def close(self) -> None:
        """Take no more: whoever still holds the page finds it full."""
        self.taken = ENTRIES - len(list(self.free))  # one call in C, so no thread gets an entry meanwhile

    def readings(self) -> Readings:
        """Read the entries that were taken; the code of one that a thread is still storing is 0."""
        taken = self.taken
        return Readings(
            self.codes[:taken].tobytes(), _floats(self.durations[:taken]), _floats(self.first_bytes[:taken])
        )


def _floats(view: memoryview[float]) -> list[float]:
    values: Any = view.tolist()  # of a view, type checkers know integers only
    return cast("list[float]", values)
