"""A group's charter: the file that says whose workers share their counts, and after which reset they count."""

from __future__ import annotations

import errno
import json
import mmap
import os
from binascii import crc32
from contextlib import suppress
from struct import Struct
from typing import Any, Final, NamedTuple

from perftrack.memory.shared.layout import UNREADABLE, WORD, DamagedError
from perftrack.memory.shared.process import Process
from perftrack.memory.shared.segment import PRIVATE_FILE, UNFINISHED, reserve

NAME: Final = "charter"
_SIZE: Final = 4096
_PREFIX: Final = Struct("=8sII")
_MAGIC: Final = b"perfgrp\n"
_CELLS_AT: Final = 2048
_CELLS: Final = 4

GENERATION, RESET, BORN, STARTED = range(_CELLS)
"""Cells: resets so far, and as float seconds the last reset (since 1970; 0 for none) and the start of the first member
(by the monotonic clock, and since 1970).
"""


class Charter(NamedTuple):
    """What a group is told when it is founded."""

    supervisor: Process | None
    """As long as it lives, the group does."""
    kept: bool
    """Counts outlive the server."""
    boot: str


class CharterFile:
    """The charter with its cells, which every member has mapped."""

    def __init__(self, descriptor: int, charter: Charter) -> None:
        """Map the file, and close the descriptor."""
        self.charter = charter
        self.inode = os.fstat(descriptor).st_ino
        self._mapping = mmap.mmap(descriptor, _SIZE)
        cells = memoryview(self._mapping)[_CELLS_AT : _CELLS_AT + _CELLS * WORD]
        self.cells = cells.cast("Q")
        self.times = cells.cast("d")
        os.close(descriptor)


def found(folder: int, charter: Charter, born: float, started: float) -> CharterFile:
    """Write the charter of a new group.

    Raises:
        OSError: There is no room.
    """
    hidden = UNFINISHED + NAME
    with suppress(FileNotFoundError):
        os.unlink(hidden, dir_fd=folder)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(hidden, flags, PRIVATE_FILE, dir_fd=folder)
    try:
        reserve(descriptor, 0, _SIZE)
        _write(descriptor, charter)
    except OSError:
        os.close(descriptor)
        os.unlink(hidden, dir_fd=folder)
        raise
    file = CharterFile(descriptor, charter)
    file.times[BORN], file.times[STARTED] = born, started
    file.cells[GENERATION] = 1
    os.rename(hidden, NAME, src_dir_fd=folder, dst_dir_fd=folder)
    return file


def read_charter(folder: int) -> CharterFile:
    """Open the charter of a group.

    Raises:
        FileNotFoundError: There is none.
        DamagedError: It is not what was written.
    """
    try:
        descriptor = os.open(NAME, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DamagedError(str(error)) from error
    try:
        charter = _parsed(os.pread(descriptor, _SIZE, 0))
    except (OSError, *UNREADABLE) as error:
        os.close(descriptor)
        raise DamagedError(str(error)) from error
    return CharterFile(descriptor, charter)


def mend(folder: int, charter: Charter) -> CharterFile:
    """Write the charter of a group that lives anew; its cells, which its members have mapped, stay.

    Raises:
        OSError: There is no file of the right size to mend.
    """
    descriptor = os.open(NAME, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    if os.fstat(descriptor).st_size != _SIZE:
        os.close(descriptor)
        raise OSError(errno.EINVAL, "the charter of the group is damaged")
    _write(descriptor, charter)
    return CharterFile(descriptor, charter)


def inode_of_charter(folder: int) -> int | None:
    """Tell which file is the charter now; None when there is none."""
    try:
        return os.stat(NAME, dir_fd=folder, follow_symlinks=False).st_ino
    except OSError:
        return None


def _write(descriptor: int, charter: Charter) -> None:
    text = json.dumps(charter._asdict()).encode()
    os.pwrite(descriptor, _PREFIX.pack(_MAGIC, crc32(text), len(text)) + text, 0)


def _parsed(content: bytes) -> Charter:
    if len(content) != _SIZE:
        raise DamagedError("truncated")
    magic, checksum, length = _PREFIX.unpack_from(content)
    text = content[_PREFIX.size : _PREFIX.size + length]
    if magic != _MAGIC or crc32(text) != checksum:
        raise DamagedError("wrong checksum")
    values: dict[str, Any] = json.loads(text)
    supervisor = values.pop("supervisor")
    return Charter(supervisor=None if supervisor is None else Process(*supervisor), **values)


