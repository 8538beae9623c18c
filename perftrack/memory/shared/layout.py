"""The format of a worker's segment: where everything is, and the header that says so.

A segment is one file in native byte order:

- the *prefix*: magic, checksum and length of the identity, the identity as JSON (who the worker is, and the sizes that
  follow), never changed once the file has its name;
- the *cells*: 8-byte numbers that change by themselves, each by one aligned store (`Cell`, `Sum`);
- the *arrivals*: a cell for each request in flight;
- the *lookups*: two cells for each cache whose lookups are counted by hand, hits and misses;
- the *page table*: where each page of readings begins;
- two *directories*, of which the number in `Cell.COMMITS` says the valid one: where each record is, and up to which
  epoch each page has been counted;
- the *heap*: pages and records.

A request stores its readings in a page. Now and then the owner counts full pages, writes new records beside the old
ones, fills the directory that is not valid, and makes it the valid one by one store. So at every moment, and also when
the owner is killed, the segment holds every request once: in a record, or in a page that is not counted yet.
"""

from __future__ import annotations

import json
import struct
import sys
from binascii import crc32
from enum import IntEnum
from typing import Any, Final, NamedTuple

from perftrack.caches import MAX_CACHES

MAGIC: Final = b"perftrk\n"
VERSION: Final = 2
"""Of the layout. A reader takes no segment of another."""

WORD: Final = 8
_PREFIX: Final = struct.Struct("=8sIIII")
PREFIX_BYTES: Final = 1024
_CELLS_AT: Final = PREFIX_BYTES
_ARRIVALS_AT: Final = 2048

ARRIVALS: Final = 1024
"""Requests in flight that have a cell; more of them are counted together in `Cell.MORE_IN_FLIGHT`."""

SECONDS: Final = 61
"""Records of seconds: a minute and the second that has just left it."""

SLOTS: Final = 361
"""Records of slots: an hour and the slot that has just left it."""

LOOKUPS: Final = MAX_CACHES + 1
"""Caches whose lookups are counted by hand: each has a cell for its hits, and one for its misses."""

SPARE_PAGES: Final = 64
"""Pages beside the one that each row has open: those that wait to be counted."""


class Cell(IntEnum):
    """Unsigned numbers that change by themselves."""

    COMMITS = 0
    """Directories made valid so far; the lowest bit says which of the two is valid."""
    GENERATION = 1
    """The reset after which the counts began; counts of another than the group's are void."""
    PEAK = 2
    """Slot number << 32 | the most requests in flight seen in it."""
    MORE_IN_FLIGHT = 3
    SOCKETS_OPEN = 4
    SEEN = 5
    """1 once the worker has seen a request."""
    ROWS_FULL = 6
    """1 when an endpoint found no row left."""
    UNTIMED_FILES = 7
    SOCKETS_OPENED = 8
    SOCKETS_REJECTED = 9
    MESSAGES_IN = 10
    MESSAGES_OUT = 11
    STREAMS = 12
    QUEUED = 13
    WORKED = 14
    """Requests with work in the background."""


class Sum(IntEnum):
    """Float seconds that change by themselves; they lie behind the numbers of `Cell`."""

    SOCKET_TIME = 32
    STREAM_TIME = 33
    QUEUE_TOTAL = 34
    QUEUE_MAXIMUM = 35
    BACKGROUND_TOTAL = 36
    BACKGROUND_MAXIMUM = 37


CELLS: Final = 64


class Identity(NamedTuple):
    """Who owns a segment, and its sizes. Pid, start, boot and namespace together tell one process of all."""

    name: str
    """Of the file: a copy under another name is nobody's."""
    pid: int
    start: str
    """When the process started, as its system says it; empty where it does not."""
    boot: str
    namespace: str
    """Of process ids."""
    started: float
    """Seconds since 1970."""
    born: float
    """The same moment by the monotonic clock."""
    rows: int
    pages: int
    version: int = VERSION
    byte_order: str = sys.byteorder

    def prefix(self) -> bytes:
        """Write the beginning of a segment."""
        text = json.dumps(self._asdict()).encode()
        return _PREFIX.pack(MAGIC, VERSION, crc32(text), len(text), 0) + text


class DamagedError(Exception):
    """A file is not what it should be; the message says in what."""


UNREADABLE: Final = (
    DamagedError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
"""What reading a file raises that holds something else than what was written."""


def read_identity(image: bytes) -> Identity:
    """Read the beginning of a segment.

    Raises:
        DamagedError: It is not one, of another version, cut short or changed.
    """
    if len(image) < _CELLS_AT:
        raise DamagedError("truncated")
    magic, version, checksum, length, _ = _PREFIX.unpack_from(image)
    if magic != MAGIC:
        raise DamagedError("not a segment")
    if version != VERSION:
        raise DamagedError(f"layout version {version}, this is {VERSION}")
    text = image[_PREFIX.size : _PREFIX.size + length]
    if length > _CELLS_AT - _PREFIX.size or crc32(text) != checksum:
        raise DamagedError("wrong checksum")
    return _identity(text)


def _identity(text: bytes) -> Identity:
    values: dict[str, Any] = json.loads(text)
    if values.get("byte_order") != sys.byteorder:
        raise DamagedError("foreign byte order")
    return Identity(**values)


class Layout:
    """Where everything is in a segment for so many rows and pages. Places are in bytes, indexes count words."""

    def __init__(self, rows: int, pages: int) -> None:
        """Work out all places."""
        self.rows = rows
        self.pages = pages
        self.names = pages
        """Index of the first name in a directory; before it, the epoch of each page that was counted last."""
        self.counts = self.names + rows
        self.seconds = self.counts + rows
        self.slots = self.seconds + SECONDS
        self.slow_log = self.slots + SLOTS
        self.close_codes = self.slow_log + 1
        self.cache_names = self.close_codes + 1
        """The names of the lookups, in their order."""
        self.watched = self.cache_names + 1
        """The caches under watch."""
        self.words = self.watched + 1
        """Length of a directory."""
        self.cells_at = _CELLS_AT
        self.arrivals_at = _ARRIVALS_AT
        self.lookups_at = _ARRIVALS_AT + ARRIVALS * WORD
        self.page_table_at = self.lookups_at + 2 * LOOKUPS * WORD
        self.directories_at = self.page_table_at + pages * WORD
        self.heap_at = _rounded_up(self.directories_at + 2 * self.words * WORD, 4096)

    def directory_at(self, commits: int) -> int:
        """Give the place of the directory that is valid after so many commits."""
        return self.directories_at + (commits & 1) * self.words * WORD


def _rounded_up(size: int, unit: int) -> int:
    return -(-size // unit) * unit


# A record's word in the directory: its place and its length. 0 stands for no record.
UNIT: Final = 64
"""Places in the heap are multiples of it."""

_LENGTH_BITS: Final = 28
LONGEST_RECORD: Final = (1 << _LENGTH_BITS) - 1


def record_word(place: int, length: int) -> int:
    """Write where a record is."""
    return place // UNIT << _LENGTH_BITS | length


def record_place(word: int) -> tuple[int, int]:
    """Read where a record is: place and length."""
    return (word >> _LENGTH_BITS) * UNIT, word & LONGEST_RECORD


CHECKSUM: Final = struct.Struct("=II")
"""What comes before each record: its checksum, and nothing to fill 8 bytes."""


def record_bytes(payload: bytes) -> bytes:
    """Write a record as it lies in the heap."""
    return CHECKSUM.pack(crc32(payload), 0) + payload


def record_payload(image: bytes, word: int) -> bytes:
    """Read a record.

    Raises:
        DamagedError: It is cut short or changed.
    """
    place, length = record_place(word)
    if not CHECKSUM.size <= length <= len(image) - place:
        raise DamagedError("a record is truncated")
    payload = image[place + CHECKSUM.size : place + length]
    if crc32(payload) != CHECKSUM.unpack_from(image, place)[0]:
        raise DamagedError("a record has a wrong checksum")
    return payload
