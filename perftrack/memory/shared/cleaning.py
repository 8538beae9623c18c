"""Removing groups that nobody belongs to any more."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import Final

from perftrack.memory.shared.charter import Charter, read_charter
from perftrack.memory.shared.layout import DamagedError
from perftrack.memory.shared.lock import NAME as LOCK
from perftrack.memory.shared.lock import locked
from perftrack.memory.shared.members import any_alive, listing
from perftrack.memory.shared.place import private_directory
from perftrack.memory.shared.segment import UNFINISHED

_GROUP: Final = re.compile(r"[0-9a-f]{32}")


def is_supervised(charter: Charter) -> bool:
    """Tell whether the supervisor of a group may live."""
    return charter.supervisor is not None and not charter.supervisor.is_gone()


def remove_dead_groups(user: int, but: str) -> None:
    """Remove the groups in the directory *user* that have neither a living member nor a living supervisor.

    One whose lock is held is in use.
    """
    for name in listing(user):
        if name != but and _GROUP.fullmatch(name):
            with suppress(OSError):
                _remove_if_dead(user, name)


def empty(folder: int) -> None:
    """Remove everything in *folder* but its lock."""
    for name in listing(folder):
        if name != LOCK:
            with suppress(OSError):
                os.unlink(name, dir_fd=folder)


def remove_unfinished(folder: int) -> None:
    """Remove the files of those who were killed while they made them. Call it with the lock held."""
    for name in listing(folder):
        if name.startswith(UNFINISHED):
            with suppress(OSError):
                os.unlink(name, dir_fd=folder)


def _remove_if_dead(user: int, name: str) -> None:
    folder = private_directory(user, name)
    try:
        with locked(folder, 0.0):
            if any_alive(folder) or _is_wanted(folder):
                return
            empty(folder)
            os.unlink(LOCK, dir_fd=folder)
            os.rmdir(name, dir_fd=user)
    finally:
        os.close(folder)


def _is_wanted(folder: int) -> bool:
    try:
        charter = read_charter(folder).charter
    except FileNotFoundError:
        return False
    except DamagedError:
        return False
    return charter.kept or is_supervised(charter)
