"""What perftrack keeps in files, seen from outside: found, imitated and damaged."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import IO, Final

_NOBODY: Final = 4_200_000
"""Greater than any process id of Linux."""

FLIPPED_BYTES: Final = (0, 7, 8, 11, 12, 15, 16, 24, 40, 100)
"""Of a segment, in the part that never changes: magic, version, checksum, length and identity."""

VERSION_AT: Final = 8

CUT_TO: Final = (0, 1, 7, 64, 4095, 4097)


def kept_files(folder: Path) -> list[Path]:
    """Give the files below *folder*."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def similar_name(file: Path, number: int) -> Path:
    """Give a path beside *file* that might be one of its kind: with another process id where it has one."""
    text, count = re.subn(r"\d{2,}", str(_NOBODY + number), file.name, count=1)
    return file.with_name(text if count else f"{file.stem}{_NOBODY + number}{file.suffix}")


def put_foreign(file: Path) -> None:
    """Put things beside *file* that somebody else has made: other files, a folder, a pipe."""
    for number, content in enumerate((b"", b"\0" * 8192, b"hello\n" * 2000, os.urandom(65536))):
        similar_name(file, number).write_bytes(content)
    similar_name(file, 10).mkdir()
    os.mkfifo(similar_name(file, 11))


def put_truncated(file: Path) -> None:
    """Put copies beside *file* that end too early."""
    content = file.read_bytes()
    for number, size in enumerate(size for size in (*CUT_TO, len(content) - 1) if size < len(content)):
        similar_name(file, 20 + number).write_bytes(content[:size])


def put_flipped(file: Path) -> None:
    """Put copies beside *file* in whose header one bit is wrong."""
    content = file.read_bytes()
    for number, at in enumerate(at for at in FLIPPED_BYTES if at < len(content)):
        changed = bytearray(content)
        changed[at] ^= 1
        similar_name(file, 40 + number).write_bytes(changed)


def put_old(file: Path) -> None:
    """Put copies beside *file* that another version of perftrack has made."""
    content = file.read_bytes()
    for number, version in enumerate((0, 2, 1000)):
        changed = content[:VERSION_AT] + version.to_bytes(4, sys.byteorder) + content[VERSION_AT + 4 :]
        similar_name(file, 60 + number).write_bytes(changed)


@contextlib.contextmanager
def flipped(file: Path) -> Generator[None, None, None]:
    """Have one bit of *file* wrong during the block; it is the same file that is mended, whatever has its name then."""
    with file.open("r+b", buffering=0) as opened:
        _flip_first(opened)
        yield
        _flip_first(opened)


def _flip_first(opened: IO[bytes]) -> None:
    opened.seek(0)
    first = opened.read(1)
    opened.seek(0)
    opened.write(bytes([first[0] ^ 1]) if first else b"")


DAMAGES: Final[Mapping[str, Callable[[Path], None]]] = {
    "foreign": put_foreign,
    "truncated": put_truncated,
    "flipped": put_flipped,
    "old": put_old,
}
