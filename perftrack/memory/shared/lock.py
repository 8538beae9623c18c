"""Locks on files: who holds one lives, and a killed holder has let go."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from perftrack.memory.shared.segment import PRIVATE_FILE

NAME: Final = "lock"
PAUSE: Final = 0.002
"""Seconds between two tries."""


@contextmanager
def locked(folder: int, patience: float) -> Generator[None, None, None]:
    """Hold the lock of *folder*; wait at most *patience* seconds for it.

    Raises:
        TimeoutError: Somebody else holds it.
        FileNotFoundError: The folder was removed while waiting.
        OSError: It cannot be made.
    """
    descriptor = os.open(NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE, dir_fd=folder)
    try:
        deadline = time.monotonic() + patience
        while not _try(descriptor, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                raise TimeoutError("another process holds the lock")
            time.sleep(PAUSE)
        _check_name(folder, descriptor)
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough if another thread has forked meanwhile
        os.close(descriptor)


def _check_name(folder: int, descriptor: int) -> None:
    """See that the lock still is the one that others find: the folder may have been removed meanwhile."""
    if os.stat(NAME, dir_fd=folder, follow_symlinks=False).st_ino != os.fstat(descriptor).st_ino:
        raise FileNotFoundError("the lock was replaced")


def is_held(descriptor: int) -> bool:
    """Tell whether a process holds the lock of an open file."""
    if not _try(descriptor, fcntl.LOCK_SH):
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
