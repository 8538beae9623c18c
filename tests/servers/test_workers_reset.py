"""A reset under load: every worker forgets what had finished, and nothing that came afterwards."""

from __future__ import annotations

import os
import signal

import pytest

from tests.servers.workers_load import Load, await_end, under_load
from tests.servers.workers_support import ADMIN, Answer, Look, Workers, totals, workers_of
from tests.servers.workers_table import command_of

pytestmark = pytest.mark.servers

AT_ONCE = 4
RESETS = 4


@pytest.mark.parametrize("name", ["gunicorn sync", "gunicorn gthread", "uvicorn"])
def test_reset_under_load(name: str) -> None:
    """Whichever worker is asked to reset, what all of them show afterwards began to count at that moment."""
    with workers_of(*command_of(name)) as server:
        server.send(["/fast"] * 60)
        with under_load(server, at_once=AT_ONCE) as load:
            resets = [_reset_and_look(server, load) for _ in range(RESETS)]
        _check(load, resets[-1], server.looks())


def _reset_and_look(server: Workers, load: Load) -> Answer:
    """Reset, and hold what is shown while the load goes on to what was answered since."""
    reset = server.ask(f"{ADMIN}/reset", "POST")
    assert reset.status == 200
    for look in server.looks(settled=False):
        rows = look.stats["endpoint_stats"].values()
        assert look.stats["total_requests"] == sum(row["total_requests"] for row in rows) <= _most(load, reset)
    load.await_answers(50)
    return reset


def _most(load: Load, reset: Answer) -> int:
    """Give how many requests may have finished since the reset, those that are on their way to the client included.

    Asked while the load goes on: what is answered between a look and this is in it too.
    """
    return sum(answer.ended > reset.began for answer in list(load.answers)) + 2 * AT_ONCE


def _check(load: Load, reset: Answer, looks: list[Look]) -> None:
    least = sum(answer.began > reset.ended for answer in load.answers)
    [(scope, total)] = totals(looks)
    assert scope == "host"
    assert least <= total <= _most(load, reset)
    assert least > 0
    assert len({look.stats["since"] for look in looks}) == 1
    assert all(look.stats["requests_per_minute"] == total for look in looks)


def test_reset_in_silence() -> None:
    """Without traffic every worker shows zero after a reset, and counts exactly from there."""
    with workers_of(*command_of("gunicorn sync")) as server:
        server.send(["/fast"] * 60)
        server.settle()
        server.admin("/reset", "POST")
        looks = server.looks()
        assert totals(looks) == {("host", 0)}
        server.send(["/fast"] * 40)
        looks = server.looks()
        assert totals(looks) == {("host", 40)}


def test_reset_while_a_worker_dies() -> None:
    """What a worker counted before a reset does not come back when it is killed afterwards."""
    with workers_of(*command_of("gunicorn sync")) as server:
        victim = server.send(["/fast"] * 60)[0].worker
        server.settle()
        server.admin("/reset", "POST")
        os.kill(victim, signal.SIGKILL)
        await_end(victim)
        server.await_workers(3)
        looks = server.looks()
        assert totals(looks) == {("host", 0)}
