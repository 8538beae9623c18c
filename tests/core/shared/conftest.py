"""Fixtures of the tests of shared memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perftrack.memory.shared.memory import SharedMemory


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the files of the test in a directory of its own."""
    if sys.platform == "win32":
        pytest.skip("no shared memory on this platform")
    monkeypatch.setenv("PERFTRACK_DIR", str(tmp_path))
    monkeypatch.delenv("PERFTRACK_GROUP", raising=False)
    monkeypatch.delenv("PERFTRACK_KEEP", raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
def closed_segments(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what members of this process opened, which members of a server do by ending."""
    opened: list[SharedMemory] = []
    make = SharedMemory.__init__

    def noting(self: SharedMemory, *arguments: object) -> None:
        make(self, *arguments)  # type: ignore[arg-type]  # handed through
        opened.append(self)

    monkeypatch.setattr(SharedMemory, "__init__", noting)
    mine = os.getpid()
    yield
    for memory in opened:
        if os.getpid() == mine:
            memory.forget()
