"""Where the files of shared memory are: a directory of this user that nobody else can write."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

PRIVATE_DIRECTORY: Final = 0o700
_OTHERS: Final = 0o077


def places(environ: Mapping[str, str]) -> Iterator[Path]:
    """Name the places to try, best first. One that the user named is the only one."""
    named = environ.get("PERFTRACK_DIR")
    if named:
        yield Path(named)
        return
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime:
        yield Path(runtime)
    yield Path("/dev/shm")  # noqa: S108 - what is made there is checked by `private_directory`
    import tempfile

    yield Path(tempfile.gettempdir())


def private_directory(parent: Path | int, name: str) -> int:
    """Open directory *name* of this user in *parent*, made if it is not there. Give its descriptor.

    Raises:
        OSError: It cannot be made, is a link, somebody else's, or open to others.
    """
    folder = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) if isinstance(parent, Path) else parent
    try:
        return _opened(folder, name)
    finally:
        if folder is not parent:
            os.close(folder)


def _opened(folder: int, name: str) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, PRIVATE_DIRECTORY, dir_fd=folder)
    descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & _OTHERS:
        os.close(descriptor)
        raise PermissionError(f"directory {name} is not this user's alone; remove it, or set PERFTRACK_DIR")
    return descriptor


def listed(folder: int) -> list[str]:
    """List the names in the directory of descriptor *folder*, sorted.

    Through an open of its own: two listings of one open directory, by two threads, or by a parent and the child that it
    forked, would share their place in it, and each would miss names.
    """
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return sorted(os.listdir(descriptor))  # noqa: PTH208 - pathlib knows no descriptors
    finally:
        os.close(descriptor)


def user_directory(environ: Mapping[str, str]) -> tuple[int, Path]:
    """Open this user's directory in the first place that can be used. Give its descriptor and its path.

    Raises:
        OSError: No place can be used; the error is that of the last.
    """
    name, failure = f"perftrack-{os.geteuid()}", OSError("no place")
    for place in places(environ):
        try:
            return private_directory(place, name), place / name
        except OSError as error:  # noqa: PERF203 - three places at most
            failure = error
    raise failure
