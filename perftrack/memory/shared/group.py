"""The workers that share their counts: joining them, reading all of them, resetting them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftrack.memory.shared import charter as charters
from perftrack.memory.shared import members
from perftrack.memory.shared.cache_records import with_caches_of
from perftrack.memory.shared.charter import BORN, GENERATION, RESET, STARTED, Charter, CharterFile
from perftrack.memory.shared.cleaning import empty, is_supervised, remove_dead_groups, remove_unfinished
from perftrack.memory.shared.layout import SPARE_PAGES, UNREADABLE, DamagedError, Identity
from perftrack.memory.shared.lock import locked
from perftrack.memory.shared.naming import Membership
from perftrack.memory.shared.place import listed, private_directory, user_directory
from perftrack.memory.shared.process import this_process
from perftrack.memory.shared.reader import Reader
from perftrack.memory.shared.retired import NAME as RETIRED
from perftrack.memory.shared.retired import Retired, read_retired, write_retired
from perftrack.memory.shared.segment import CLOSED, Segment

if TYPE_CHECKING:
    from perftrack.snapshot import Snapshot

PATIENCE: Final = 10.0
"""Seconds to wait for whoever holds the lock of the group: founding, joining and folding take milliseconds."""

DAMAGED: Final = "damaged-"
"""Before the name of a file with the counts of the dead that could not be read."""

TRIES: Final = 3
"""A group may be removed while somebody waits to join it."""


class Group:
    """What this process knows of its group."""

    def __init__(self, folder: int, path: Path, charter: CharterFile) -> None:
        """Take *folder*, the descriptor of the group's directory, which is at *path*."""
        self.folder = folder
        self.path = path
        self._inode = charter.inode
        self.cells = charter.cells
        """The first says the generation, which changes with each reset of any worker."""
        self.times = charter.times

    @property
    def generation(self) -> int:
        """Count the resets so far."""
        return int(self.cells[GENERATION])

    @property
    def started(self) -> float:
        """The start of the first member, in seconds since 1970."""
        return float(self.times[STARTED])

    @property
    def born(self) -> float:
        """The same by the monotonic clock."""
        return float(self.times[BORN])

    @property
    def last_reset(self) -> float | None:
        """In seconds since 1970."""
        return float(self.times[RESET]) or None

    def reset(self, wall: float) -> float:
        """Make all counts void, in whichever worker. Those in flight count when they finish."""
        self.times[RESET] = wall
        self.cells[GENERATION] += 1
        return wall

    def retired(self, damaged: list[str]) -> Retired:
        """Read the counts of the dead that were folded; what is *damaged* is left out, and noted."""
        try:
            return read_retired(self.folder, self.generation)
        except UNREADABLE as error:
            damaged.append(f"retired: {error}")
            return Retired(self.generation)

    def leave(self) -> None:
        """Close the directory. In the child after a fork."""
        folder, self.folder = self.folder, CLOSED
        with suppress(OSError):
            os.close(folder)

    def snapshot(self, reader: Reader, own: str, warnings: frozenset[str], alone: bool) -> Snapshot:
        """Add up all members, the dead with them; *alone* takes only the one called *own*."""
        damaged: list[str] = self._set_aside()
        found = [m for m in members.members(self.folder, own, damaged) if not alone or m.name == own]
        retired = Retired(self.generation) if alone else self.retired(damaged)
        # In this order: whoever was folded since the first line is among the folded now.
        found = [member for member in found if member.name not in retired.folded]
        if not any(member.name == own for member in found):
            damaged.append(f"{own}: the numbers of this process cannot be read")
        snapshot = reader.snapshot(self, found, warnings | {f"skipped: {what}" for what in damaged}, shared=not alone)
        snapshot = with_caches_of([member for member in found if member.name != own], self.generation, snapshot)
        if retired.snapshot is not None:
            snapshot = snapshot.merge(retired.snapshot)
        if not (alone or all(member.alive for member in found)):
            with suppress(OSError), locked(self.folder, 0.0):
                self.fold(reader)
        return snapshot

    def _set_aside(self) -> list[str]:
        """Name what is known to be missing."""
        missing = [name for name in listed(self.folder) if name.startswith(DAMAGED)]
        if charters.inode_of_charter(self.folder) != self._inode:
            missing.append("charter: it is another file now, and who joined since counts apart")
        return missing

    def fold(self, reader: Reader) -> None:
        """Fold the dead into one file and remove their segments. Call it with the lock held.

        Killed between the two, the next one finds the name among the folded, and only removes.
        """
        dead = [member for member in members.dead(self.folder) if not member.alive]
        if not dead:
            return
        unreadable: list[str] = []
        retired = self.retired(unreadable)
        if unreadable:  # kept, for whoever wants to know, and named in every answer
            aside = DAMAGED + os.urandom(4).hex()
            os.rename(RETIRED, aside, src_dir_fd=self.folder, dst_dir_fd=self.folder)
        for member in dead:
            if member.name not in retired.folded:
                snapshot = reader.snapshot(self, [member], frozenset(), shared=True)
                retired = retired.fold(member.name, with_caches_of([member], self.generation, snapshot))
        write_retired(self.folder, retired)
        for member in dead:
            with suppress(FileNotFoundError):
                os.unlink(member.name, dir_fd=self.folder)


def join(
    membership: Membership, reader: Reader, rows: int, environ: Mapping[str, str]
) -> tuple[Group, Segment]:
    """Make this process a member: found the group if it is the first, and give it a segment.

    Raises:
        OSError: There is no place, no room or no permission.
    """
    user, path = user_directory(environ)
    try:
        for _ in range(TRIES):
            with suppress(FileNotFoundError):
                return _join(user, path, membership, reader, rows)
        raise TimeoutError("the group is removed again and again")
    finally:
        os.close(user)


def _join(user: int, path: Path, membership: Membership, reader: Reader, rows: int) -> tuple[Group, Segment]:
    folder = private_directory(user, membership.directory)
    try:
        with locked(folder, PATIENCE):
            remove_unfinished(folder)
            charter = _living_charter(folder, membership) or _founded(user, folder, membership, reader)
            group = Group(folder, path / membership.directory, charter)
            group.fold(reader)
            name = members.new_name()
            return group, Segment(folder, name, _identity(name, reader, rows))
    except BaseException:
        os.close(folder)
        raise


def _living_charter(folder: int, membership: Membership) -> CharterFile | None:
    """Open the group's charter; None when it has none, or nobody is left whom its counts belong to."""
    try:
        charter = charters.read_charter(folder)
    except (FileNotFoundError, DamagedError):
        return charters.mend(folder, _charter(membership)) if members.any_alive(folder) else None
    alive = membership.kept or is_supervised(charter.charter) or members.any_alive(folder)
    return charter if alive else None


def _founded(user: int, folder: int, membership: Membership, reader: Reader) -> CharterFile:
    remove_dead_groups(user, but=membership.directory)
    empty(folder)
    return charters.found(folder, _charter(membership), reader.clocks.born, reader.clocks.started)


def _charter(membership: Membership) -> Charter:
    return Charter(membership.supervisor, membership.kept, this_process().boot)


def _identity(name: str, reader: Reader, rows: int) -> Identity:
    return Identity(name, *this_process(), reader.clocks.started, reader.clocks.born, rows, rows + SPARE_PAGES)
