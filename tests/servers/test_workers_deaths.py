"""Workers that are killed: what they had recorded stays, in the numbers of those that live on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.servers.workers_answers import EVIDENCE, GATE
from tests.servers.workers_load import Load, await_end, held, is_alive, recorded_in, under_load
from tests.servers.workers_support import Workers, totals, workers_of
from tests.servers.workers_table import command_of, gunicorn

pytestmark = pytest.mark.servers

# How many workers are killed one after the other, and how many threads of a worker answer at the same time.
# granian gives up when a second worker fails soon after the first. hypercorn ends with its first worker.
KILLS = {
    "gunicorn sync": (3, 1),
    "gunicorn sync, preload": (3, 1),
    "gunicorn gthread": (3, 4),
    "uvicorn": (3, 1),
    "granian asgi": (1, 1),
    "uwsgi": (6, 1),
}
OPTIONS = {"granian asgi": ("--respawn-failed-workers",)}


@pytest.mark.parametrize("name", KILLS)
def test_kill_under_load(name: str, tmp_path: Path) -> None:
    """Every request that was recorded before a kill is counted, and of each killed thread at most one more."""
    kills, threads = KILLS[name]
    evidence = tmp_path / "recorded"
    command = (*command_of(name), *OPTIONS.get(name, ()))
    with workers_of(*command, variables={EVIDENCE: str(evidence)}) as server:
        with under_load(server) as load:
            killed: set[int] = set()
            for _ in range(kills):
                killed.add(_kill_one(load))
                load.await_answers(50)
        looks = server.looks()
        recorded = recorded_in(evidence)
        assert server.sent - kills * threads <= recorded
        shown = totals(looks)
        assert shown <= {("host", recorded + more) for more in range(kills * threads + 1)}
        assert len(shown) == 1
        assert killed.isdisjoint(_told(server))


def _kill_one(load: Load) -> int:
    """Kill the worker that answered last, and tell which it was."""
    victim = load.answers[-1].worker
    os.kill(victim, signal.SIGKILL)
    await_end(victim)
    return victim


@pytest.mark.parametrize("path", ["/child", "/child-hidden"])
def test_child_that_outlives_its_worker(path: str) -> None:
    """A forked child keeps nothing of its dead worker alive, not even one whose fork Python did not see."""
    with workers_of(*gunicorn("sync", workers=3)) as server:
        server.send(["/fast"] * 60)
        [answer] = server.send([path])
        child = int(answer.body)
        try:
            server.settle()
            os.kill(answer.worker, signal.SIGKILL)
            await_end(answer.worker)
            server.send(["/fast"] * 60)
            looks = server.looks()
            assert is_alive(child)
            assert totals(looks) == {("host", 121)}
            assert answer.worker not in _told(server)
        finally:
            os.kill(child, signal.SIGKILL)


def test_child_counts_nothing_twice() -> None:
    """A child that a worker forks starts at zero, whether it lives or has died."""
    with workers_of(*gunicorn("sync", "--preload", workers=3)) as server:
        server.send(["/fast"] * 60)
        children = [int(answer.body) for answer in server.send(["/child"] * 3)]
        try:
            looks = server.looks()
            os.kill(children[0], signal.SIGKILL)
            looks += server.looks()
            assert totals(looks) == {("host", 63)}
        finally:
            for child in children[1:]:
                os.kill(child, signal.SIGKILL)


def test_requests_under_way_when_their_worker_is_killed(tmp_path: Path) -> None:
    """They are in flight for every worker, and lost in flight once theirs is dead; the others end as ever."""
    gate = tmp_path / "gate"
    with workers_of(*gunicorn("gthread", "--threads", "8", workers=3), variables={GATE: str(gate)}) as server:
        server.send(["/fast"] * 60)
        with held(server, gate, 6) as holders:
            looks = server.looks(settled=False)
            assert {(look.stats["scope"], look.stats["in_flight"]) for look in looks} == {("host", 6)}
            lost = holders.count(holders[0])
            os.kill(holders[0], signal.SIGKILL)
            await_end(holders[0])
            looks = server.looks(settled=False)
            assert {(look.stats["in_flight"], look.stats["lost_in_flight"]) for look in looks} == {(6 - lost, lost)}
        assert server.sent == 60 + 6 - lost
        looks = server.looks()
        assert {(look.stats["total_requests"], look.stats["lost_in_flight"]) for look in looks} == {(server.sent, lost)}


def _told(server: Workers) -> set[int]:
    """Give the workers that live, as every worker tells it."""
    told = [
        frozenset(part["worker"] for part in look.stats["worker_stats"]) for look in server.looks(query="?workers=1")
    ]
    assert len(set(told)) == 1
    return set(told[0])
