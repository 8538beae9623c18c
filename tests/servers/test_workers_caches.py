"""Caches of several workers: whoever answers, the lookups are those of all, and those of the dead stay."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from typing import Any

import pytest

from tests.servers.support import PATIENCE_SECONDS
from tests.servers.workers_answers import CACHE_SIZE
from tests.servers.workers_load import await_end
from tests.servers.workers_support import Answer, Workers, workers_of
from tests.servers.workers_table import WORKERS, gunicorn

pytestmark = pytest.mark.servers

PATHS = [f"/{number % 7}" for number in range(120)]
REST_SECONDS = 0.2
"""Between two rounds, so that workers can rest from reading their caches."""

KINDS = {"sync": ("sync",), "sync, preload": ("sync", "--preload"), "gthread": ("gthread", "--threads", "4")}


class Expected:
    """What the app says that it has looked up."""

    def __init__(self) -> None:
        self.lookups = {"hit": 0, "miss": 0}
        self.held: dict[int, int] = defaultdict(int)
        """Worker -> entries in its cache."""

    def add(self, answers: list[Answer]) -> None:
        """Note what came of the lookups."""
        for answer in answers:
            found = answer.body.decode()
            self.lookups[found] += 1
            self.held[answer.worker] += found == "miss"

    def caches(self, live: set[int]) -> dict[str, Any]:
        """Give what every worker has to show, while these workers live."""
        hits, misses = self.lookups["hit"], self.lookups["miss"]
        row = {"hits": hits, "misses": misses, "hit_rate": round(100 * hits / (hits + misses), 2), "evictions": None}
        size, limit = sum(self.held[worker] for worker in live), CACHE_SIZE * len(live)
        return {
            "counted": {**row, "size": None, "max_size": None},
            "watched": {**row, "size": size, "max_size": limit},
        }


def shown(server: Workers) -> list[dict[str, Any]]:
    """Give what a dozen answers of several workers show."""
    looks = server.looks(query="?include=caches")
    assert len(looks) >= 12
    assert len({look.worker for look in looks}) >= 2
    assert [look.stats["warnings"] for look in looks if look.stats["warnings"]] == []
    caches = [look.stats["caches"]["caches"] for look in looks]
    assert {rows["counted"].pop("lag_seconds") for rows in caches} == {0.0}
    assert all(rows["watched"].pop("lag_seconds") > 0 for rows in caches)
    return caches


def server_of(kind: str) -> tuple[str, ...]:
    """Give the command of a server with three workers."""
    return gunicorn(*KINDS[kind], app="tests.servers.workers_caches:wsgi", workers=WORKERS)


def look_up(server: Workers, expected: Expected) -> set[int]:
    """Send requests until each worker has looked something up and shows it; give the workers.

    The first round need not do: a worker that took long to read its cache, on a busy machine, rests before it does so
    again, and shows what it has after the first request from then on. The further rounds are small, so that it is the
    last one, too.
    """
    deadline, paths = time.monotonic() + PATIENCE_SECONDS, PATHS
    while time.monotonic() < deadline:
        expected.add(server.send(paths))
        server.settle()
        stats = server.admin("/stats?workers=1&include=caches")
        live = {part["worker"] for part in stats["worker_stats"]}
        watched = stats["caches"]["caches"]["watched"]
        shown = {"hit": watched["hits"], "miss": watched["misses"]}
        if len(live & expected.held.keys()) == WORKERS and shown == expected.lookups:
            return live
        paths = PATHS[:WORKERS]
        time.sleep(REST_SECONDS)
    raise AssertionError(f"not all workers show what they looked up: {expected.held}, {expected.lookups}")


@pytest.mark.parametrize("kind", KINDS)
def test_caches_of_all_workers(kind: str) -> None:
    """Every one of a dozen answers shows the same exact sums, before and after one worker is killed and replaced."""
    expected = Expected()
    with workers_of(*server_of(kind), workers=WORKERS) as server:
        live = look_up(server, expected)
        for caches in shown(server):
            assert caches == expected.caches(live)
        victim = min(live)
        os.kill(victim, signal.SIGKILL)
        await_end(victim)
        server.await_workers(WORKERS)
        live = look_up(server, expected)
        assert victim not in live
        for caches in shown(server):
            assert caches == expected.caches(live)


def test_private_memory_shows_one_worker() -> None:
    """With memory of its own, each worker tells of its own lookups only: the sum is what sharing adds."""
    expected = Expected()
    with workers_of(*server_of("sync"), variables={"PERFTRACK_MEMORY": "private"}) as server:
        expected.add(server.send(PATHS))
        assert len(expected.held) >= 2
        looks = server.looks(query="?include=caches")
        totals = [look.stats["caches"]["totals"] for look in looks]
        assert all(found["hits"] + found["misses"] < 2 * len(PATHS) for found in totals)
        by_worker = {look.worker: found["misses"] for look, found in zip(looks, totals, strict=True)}
        assert by_worker == {worker: 2 * expected.held[worker] for worker in by_worker}
