"""No room for what workers share: the app answers on, and the payload says that numbers are missing."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.servers.workers_support import Look, Workers, totals, workers_of
from tests.servers.workers_table import gunicorn

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can mount a small tmpfs"),
]

COMMAND = gunicorn("sync", "--preload", workers=3)
PATHS = [f"/endpoint-{'abcdefghijklmnop'[number % 16]}{'qrstuvwxyz'[number // 16 % 10]}" for number in range(160)]


@pytest.mark.parametrize("free", [0, 64 * 1024], ids=["nothing", "64 KiB"])
def test_too_little_room_at_the_start(free: int, tmp_path: Path) -> None:
    """Whether nothing or a bit of it fits, each request is answered, no worker dies, and each answer warns."""
    with _small_disk(tmp_path, 64 * 1024) as kept:
        _fill(kept, leave=free)
        with workers_of(*COMMAND, variables={"PERFTRACK_DIR": str(kept)}) as server:
            workers = server.await_workers(3)
            server.send(["/fast"] * 100 + PATHS)
            _check(server, workers, server.looks())


def test_disk_that_fills_while_running(tmp_path: Path) -> None:
    """When no page more can be had, what is counted stays, each request is answered, and no worker dies."""
    with (
        _small_disk(tmp_path, 16 * 1024 * 1024) as kept,
        workers_of(*COMMAND, variables={"PERFTRACK_DIR": str(kept)}) as server,
    ):
        workers = server.await_workers(3)
        server.send(["/fast"] * 100)
        looks = server.looks()
        assert totals(looks) == {("host", 100)}
        _fill(kept, leave=0)
        server.send(PATHS * 2)
        for look in server.looks():
            assert look.stats["total_requests"] >= 100
            assert look.stats["total_requests"] == server.sent or look.stats["warnings"]
        assert server.await_workers(3) == workers


def _check(server: Workers, workers: set[int], looks: list[Look]) -> None:
    for look in looks:
        assert [warning for warning in look.stats["warnings"] if "count apart" not in warning]
        assert look.stats["total_requests"] >= server.answered[look.worker]
    assert server.await_workers(3) == workers


@contextlib.contextmanager
def _small_disk(folder: Path, size: int) -> Generator[Path, None, None]:
    """Mount a tmpfs of *size* bytes."""
    kept = folder / "kept"
    kept.mkdir(mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", str(kept)],  # noqa: S607 - where it is differs
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield kept
    finally:
        subprocess.run(["umount", str(kept)], check=True)  # noqa: S607 - the same


def _fill(kept: Path, leave: int) -> None:
    """Take all room but *leave* bytes."""
    disk = os.statvfs(kept)
    with contextlib.suppress(OSError), (kept / "filler").open("wb", buffering=0) as filler:
        os.posix_fallocate(filler.fileno(), 0, max(disk.f_bavail * disk.f_frsize - leave, 1))
