"""The counts of workers that have ended, folded into one file."""

from __future__ import annotations

import json
import os
from binascii import crc32
from contextlib import suppress
from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple

from perftrack.memory.shared.layout import VERSION, DamagedError
from perftrack.memory.shared.members import open_plain_file
from perftrack.memory.shared.segment import PRIVATE_FILE, UNFINISHED
from perftrack.window import SLOT_SECONDS, SLOTS, WINDOW_SECONDS

if TYPE_CHECKING:
    from perftrack.snapshot import Snapshot

NAME: Final = "retired"
REMEMBERED: Final = 256
"""Segments known to be folded: long enough for any reader that had them open meanwhile."""


class Retired(NamedTuple):
    """What a group remembers of its dead."""

    generation: int
    """The reset after which they counted."""
    folded: tuple[str, ...] = ()
    """Names of their segments, the newest last. One that is still there must not count again."""
    snapshot: Snapshot | None = None

    def fold(self, name: str, snapshot: Snapshot) -> Retired:
        """Add the counts of one more."""
        merged = snapshot if self.snapshot is None else self.snapshot.merge(snapshot)
        return Retired(self.generation, (*self.folded, name)[-REMEMBERED:], _without_past(merged))


def read_retired(folder: int, generation: int) -> Retired:
    """Read the file; nothing, if it is of another reset than number *generation*.

    Raises:
        DamagedError: It is not what was written.
    """
    try:
        with os.fdopen(open_plain_file(folder, NAME), "rb") as file:
            retired = _parsed(file.read())
    except FileNotFoundError:
        return Retired(generation)
    except OSError as error:
        raise DamagedError(str(error)) from error
    return retired if retired.generation == generation else Retired(generation)


def write_retired(folder: int, retired: Retired) -> None:
    """Write the file anew, and give it its name when it is whole: a writer that is killed leaves the old one.

    Raises:
        OSError: There is no room.
    """
    hidden = UNFINISHED + NAME
    with suppress(FileNotFoundError):
        os.unlink(hidden, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(hidden, flags, PRIVATE_FILE, dir_fd=folder), "wb") as file:
        file.write(_written(retired))
    os.rename(hidden, NAME, src_dir_fd=folder, dst_dir_fd=folder)


def _written(retired: Retired) -> bytes:
    from perftrack.snapshot_json import to_json

    snapshot = None if retired.snapshot is None else to_json(retired.snapshot)
    text = json.dumps([VERSION, retired.generation, retired.folded, snapshot]).encode()
    return b"%d\n" % crc32(text) + text


def _parsed(content: bytes) -> Retired:
    checksum, _, text = content.partition(b"\n")
    if checksum != b"%d" % crc32(text):
        raise DamagedError("wrong checksum")
    version, generation, folded, snapshot = json.loads(text)
    if version != VERSION:
        raise DamagedError(f"version {version}, this is {VERSION}")
    from perftrack.snapshot_json import from_json

    return Retired(generation, tuple(folded), None if snapshot is None else from_json(snapshot))


def _without_past(snapshot: Snapshot) -> Snapshot:
    """Leave out the seconds and slots that no answer shows any more, the size of files that are gone, and caches past
    the limit.
    """
    from dataclasses import replace

    from perftrack.caches.rows import with_caches

    second, slot = floor(snapshot.monotonic) - WINDOW_SECONDS, floor(snapshot.monotonic / SLOT_SECONDS) - SLOTS
    return replace(
        snapshot,
        bytes=0,
        caches=with_caches(snapshot, {}).caches,
        seconds={number: part for number, part in snapshot.seconds.items() if number > second},
        slots={number: part for number, part in snapshot.slots.items() if number > slot},
        endpoints={
            name: replace(row, seconds={number: count for number, count in row.seconds.items() if number > second})
            for name, row in snapshot.endpoints.items()
        },
    )
