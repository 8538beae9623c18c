"""What perftrack keeps in files, seen from outside: found, imitated and damaged without knowing its format."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

_NOBODY: Final = 4_200_000
"""Greater than any process id of Linux."""

FLIPPED_BYTES: Final = range(0, 32, 2)
"""Of the header, the part that never changes."""

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


DAMAGES: Final[Mapping[str, Callable[[Path], None]]] = {
    "foreign": put_foreign,
    "truncated": put_truncated,
    "flipped": put_flipped,
}
