"""A worker's own segment: the file, its memory, and what is written into it. Only its owner writes."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
from array import array
from contextlib import suppress
from typing import Final

from perftrack.memory.shared.layout import (
    ARRIVALS,
    CELLS,
    LOOKUPS,
    UNIT,
    WORD,
    Cell,
    Identity,
    Layout,
    record_bytes,
    record_place,
    record_word,
)
from perftrack.memory.shared.page import PAGE_BYTES, Page

EXTENT: Final = 256 * 1024
"""Bytes by which a segment grows."""

SMALLEST_RECORD: Final = 256
"""Bytes. Room for records doubles from there: one seldom outgrows its own, and what it leaves fits others."""

PRIVATE_FILE: Final = 0o600

UNFINISHED: Final = ".new-"
"""Before the name of a file that is not whole yet."""

CLOSED: Final = -1
"""In place of a descriptor: closed twice, it would close what somebody else opened meanwhile."""


class Segment:
    """The memory of one worker.

    Raises:
        OSError: There is no room, or no permission; nothing is left behind.
    """

    def __init__(self, folder: int, name: str, identity: Identity) -> None:
        """Make the file in *folder*, a directory's descriptor, and lock it for as long as this process lives."""
        self.name = name
        self.layout = Layout(identity.rows, identity.pages)
        self.pid = os.getpid()
        self._folder = folder
        self._extents: list[tuple[int, int, memoryview]] = []
        """(begin, end, memory) of each part of the file."""
        self._mappings: list[mmap.mmap] = []
        self._free: dict[int, list[int]] = {}
        """Size -> places in the heap that are free."""
        self._dropped: list[tuple[int, int]] = []
        """(place, size) of records that readers of the valid directory may still be reading."""
        hidden = UNFINISHED + name
        self._lock, self._file = _locked_file(folder, hidden), CLOSED
        try:
            # Another open of the file: a mapping duplicates its descriptor, and a child of a fork keeps the mapping.
            self._file = os.open(hidden, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            self._grow(_rounded_up(self.layout.heap_at, EXTENT))
            self._lay_out(identity)
            os.rename(hidden, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(hidden, dir_fd=folder)
            self.forget()
            raise

    def _lay_out(self, identity: Identity) -> None:
        layout, memory = self.layout, self._extents[0][2]
        prefix = identity.prefix()
        memory[: len(prefix)] = prefix

        def words(at: int, count: int) -> memoryview:
            return memory[at : at + count * WORD]

        self.cells = words(layout.cells_at, CELLS).cast("Q")
        self.sums = words(layout.cells_at, CELLS).cast("d")
        self.arrivals = words(layout.arrivals_at, ARRIVALS).cast("d")
        self.lookups = words(layout.lookups_at, 2 * LOOKUPS).cast("Q")
        self._page_table = words(layout.page_table_at, layout.pages).cast("Q")
        self._directories = [words(layout.directory_at(half), layout.words).cast("Q") for half in (0, 1)]
        self._words = array("Q", bytes(layout.words * WORD))
        """The directory as the next commit will make it."""
        self._pages = 0
        self._next_place = layout.heap_at

    # -- records ---------------------------------------------------------------------------------------------------

    def put(self, index: int, payload: bytes) -> None:
        """Write record number *index* anew; readers see it after the next `commit`.

        Raises:
            OSError: There is no room; the record stays what it was.
        """
        record = record_bytes(payload)
        place = self._place_for(len(record))
        self._write(place, record)
        self._drop_later(index)
        self._words[index] = record_word(place, len(record))

    def drop(self, index: int) -> None:
        """Remove record number *index*, with the next `commit`."""
        self._drop_later(index)
        self._words[index] = 0

    def mark_counted(self, page: Page) -> None:
        """Note that the records hold what is in *page*, with the next `commit`."""
        self._words[page.index] = page.epoch

    def commit(self) -> None:
        """Show readers everything that was put, dropped and counted since the last time, at once."""
        commits = self.cells[Cell.COMMITS] + 1
        self._directories[commits & 1][:] = memoryview(self._words)
        self.cells[Cell.COMMITS] = commits
        for place, size in self._dropped:
            self._free.setdefault(size, []).append(place)
        self._dropped.clear()

    def _drop_later(self, index: int) -> None:
        if self._words[index]:
            place, length = record_place(self._words[index])
            self._dropped.append((place, _room_for(length)))

    def roll_back(self) -> None:
        """Forget what was put, dropped and counted since the last commit."""
        self._words[:] = array("Q", self._directories[self.cells[Cell.COMMITS] & 1].tobytes())
        self._dropped.clear()

    def clear(self, epoch: int) -> None:
        """Drop every record, and let no page up to *epoch* count any more, with the next `commit`."""
        for index in range(self.layout.names, self.layout.words):
            self.drop(index)
        for index in range(self._pages):
            self._words[index] = epoch

    # -- pages -----------------------------------------------------------------------------------------------------

    def new_page(self) -> Page:
        """Make a page.

        Raises:
            OSError: There is no room.
        """
        if self._pages == self.layout.pages:
            raise OSError(errno.ENOSPC, "the table of pages is full")
        place = self._take(_rounded_up(PAGE_BYTES, UNIT))
        page = Page(self._pages, self._memory(place, PAGE_BYTES))
        self._page_table[self._pages] = place
        self._pages += 1
        return page

    # -- room ------------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Length of the file in bytes."""
        return self._extents[-1][1]

    def _place_for(self, size: int) -> int:
        room = _room_for(size)
        free = self._free.get(room)
        return free.pop() if free else self._take(room)

    def _take(self, size: int) -> int:
        if self._next_place + size > self.size:
            self._next_place = self.size
            self._grow(_rounded_up(size, EXTENT))
        place = self._next_place
        self._next_place += size
        return place

    def _grow(self, size: int) -> None:
        """Add a further mapping: one that has views cannot be resized. Its disk space is reserved, or a write to it
        would kill the process when the disk is full.
        """
        begin = self._extents[-1][1] if self._extents else 0
        reserve(self._file, begin, size)
        mapping = mmap.mmap(self._file, size, offset=begin)
        self._mappings.append(mapping)
        self._extents.append((begin, begin + size, memoryview(mapping)))

    def _memory(self, place: int, size: int) -> memoryview:
        for begin, end, memory in reversed(self._extents):
            if begin <= place < end:
                return memory[place - begin : place - begin + size]
        raise ValueError(f"no extent has place {place}")

    def _write(self, place: int, record: bytes) -> None:
        self._memory(place, len(record))[:] = record

    # -- the end ---------------------------------------------------------------------------------------------------

    def remove(self) -> None:
        """Delete the file; what is mapped stays usable."""
        with suppress(OSError):
            os.unlink(self.name, dir_fd=self._folder)
        self.forget()

    def forget(self) -> None:
        """Close the descriptors. In the child after a fork: never unlock there, the parent would lose its lock."""
        descriptors, self._lock, self._file = (self._lock, self._file), CLOSED, CLOSED
        for descriptor in descriptors:
            with suppress(OSError):
                os.close(descriptor)


def _locked_file(folder: int, name: str) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, PRIVATE_FILE, dir_fd=folder)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def reserve(descriptor: int, begin: int, size: int) -> None:
    """Make the file longer, with room on the disk for all of it.

    Raises:
        OSError: There is none.
    """
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, begin, size)
        return
    written = 0
    while written < size:
        written += os.pwrite(descriptor, bytes(size - written), begin + written)


def _room_for(record: int) -> int:
    return max(SMALLEST_RECORD, 1 << (record - 1).bit_length())


def _rounded_up(size: int, unit: int) -> int:
    return -(-size // unit) * unit
