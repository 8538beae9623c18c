"""The segments of a group: which there are, and whether their owners live."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from perftrack.memory.shared.layout import PREFIX_BYTES, UNREADABLE, DamagedError, Identity, read_identity
from perftrack.memory.shared.lock import is_held
from perftrack.memory.shared.look import Look, look
from perftrack.memory.shared.place import listed
from perftrack.memory.shared.process import Process

_NAME: Final = re.compile(r"worker-\d+-[0-9a-f]{8}")


class Member(NamedTuple):
    """One segment, as it was at one moment."""

    name: str
    look: Look
    alive: bool


def new_name() -> str:
    """Name the segment of this process."""
    return f"worker-{os.getpid()}-{os.urandom(4).hex()}"


def names(folder: int) -> list[str]:
    """List the segments in *folder*."""
    return [name for name in listed(folder) if _NAME.fullmatch(name)]


def members(folder: int, own: str | None, damaged: list[str]) -> Iterator[Member]:
    """Look at all segments; *own* is alive. What is *damaged* is left out, and noted."""
    for name in names(folder):
        try:
            member = _member(folder, name, own)
        except FileNotFoundError:
            continue  # folded a moment ago
        except (OSError, *UNREADABLE) as error:
            damaged.append(f"{name}: {error}")
            continue
        yield member


def _member(folder: int, name: str, own: str | None) -> Member:
    descriptor = open_plain_file(folder, name)
    try:
        # Its life first: whoever ends between the two looks is taken for alive, and folded the next time.
        held = name == own or is_held(descriptor)
        seen = look(descriptor)
        if seen.identity.name != name:
            raise DamagedError("not under its own name")
        return Member(name, seen, held and (name == own or not process_of(seen.identity).is_gone()))
    finally:
        os.close(descriptor)


def open_plain_file(folder: int, name: str) -> int:
    """Open a file of a group to read it, and never wait for it.

    Raises:
        DamagedError: It is not a plain file of this user.
        OSError: It cannot be opened.
    """
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
        os.close(descriptor)
        raise DamagedError("not a plain file of this user")
    return descriptor


def process_of(identity: Identity) -> Process:
    """Tell which process owns a segment."""
    return Process(identity.pid, identity.start, identity.boot, identity.namespace)


def dead(folder: int) -> Iterator[Member]:
    """Look at the segments of those who have ended, and at no other."""
    for name in names(folder):
        with suppress(OSError, DamagedError, *UNREADABLE):
            if not _lives(folder, name):
                yield _member(folder, name, None)


def any_alive(folder: int) -> bool:
    """Tell whether a member lives; one whose segment cannot be read counts when its lock is held."""
    for name in names(folder):
        with suppress(OSError, DamagedError):
            if _lives(folder, name):
                return True
    return False


def _lives(folder: int, name: str) -> bool:
    descriptor = open_plain_file(folder, name)
    try:
        if not is_held(descriptor):
            return False
        try:
            return not process_of(read_identity(os.pread(descriptor, PREFIX_BYTES, 0))).is_gone()
        except (DamagedError, *UNREADABLE):
            return True
    finally:
        os.close(descriptor)
