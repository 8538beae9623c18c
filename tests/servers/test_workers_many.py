"""Many workers at once, and many one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.workers_support import Workers, totals, workers_of
from tests.servers.workers_table import gunicorn

pytestmark = pytest.mark.servers

MANY = 64
RECYCLED = 500
HASTY = "import random, gunicorn.app.wsgiapp as g; random.random = lambda: 0.0; g.run()"
"""Starts gunicorn so that it does not wait, up to a tenth of a second, between one new worker and the next."""
WORKERS = 4
"""Each may or may not have begun to count when the files are looked at."""


def test_64_workers() -> None:
    """All of them are counted, each with its own part, whichever is asked."""
    with workers_of(*gunicorn("sync", "--preload", workers=MANY), workers=MANY // 2) as server:
        for _ in range(8):
            # Each keeps its worker for a while, so that as many workers as requests are needed.
            server.send(["/nap"] * MANY, at_once=MANY)
        assert len(server.answered) > MANY // 2
        looks = server.looks(workers=8)
        assert totals(looks) == {("host", server.sent)}
        assert all(len(server.answered) <= look.stats["workers"] <= MANY for look in looks)
        for look in server.looks(query="?workers=1"):
            told = {part["worker"]: part["total_requests"] for part in look.stats["worker_stats"]}
            assert {worker: total for worker, total in told.items() if total} == dict(server.answered)


def test_500_workers_one_after_the_other(tmp_path: Path) -> None:
    """Workers that end after one request leave exact totals, and no more files and bytes than the first hundred."""
    options = ("--preload", "--max-requests", "1", "--no-control-socket")
    command = ("-c", HASTY, *gunicorn("sync", *options, workers=WORKERS)[1:])
    with workers_of(*command, folder=tmp_path) as server:
        server.send(["/fast"] * 100)
        first_files, first_bytes, _ = _kept(server)
        server.send(["/fast"] * (RECYCLED - 100))
        looks = server.looks()
        assert len(server.answered) == RECYCLED
        assert totals(looks) == {("host", RECYCLED)}
        files, size, largest = _kept(server)
        assert files <= first_files + WORKERS
        assert size <= first_bytes + WORKERS * largest


def _kept(server: Workers) -> tuple[int, int, int]:
    """Give how many files perftrack keeps, what room they take, and the largest, once its dead have been seen to."""
    server.settle()
    sizes = [file.stat().st_blocks * 512 for file in server.folder.rglob("*") if file.is_file()]
    return len(sizes), sum(sizes), max(sizes, default=0)
