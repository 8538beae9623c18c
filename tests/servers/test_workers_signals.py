"""Signals to the server: a reload keeps the counts, an upgrade starts anew beside the old ones."""

from __future__ import annotations

import os
import signal
import sysconfig
from pathlib import Path

import pytest

from tests.servers.support import PATIENCE_SECONDS, ROOT
from tests.servers.workers_answers import EVIDENCE
from tests.servers.workers_load import await_end, await_file, recorded_in, under_load
from tests.servers.workers_support import Workers, totals, workers_of
from tests.servers.workers_table import command_of, gunicorn

pytestmark = pytest.mark.servers

# hypercorn takes no such signal.
RELOADED = {
    "gunicorn sync": (),
    "gunicorn sync, preload": (),
    "gunicorn gthread": (),
    "uvicorn": (),
    "granian wsgi": ("--respawn-interval", "0.1"),
    "uwsgi": (),
}
PYTHONPATH = os.pathsep.join([str(ROOT), str(ROOT / "adapters"), sysconfig.get_path("platlib")])
"""uWSGI starts itself anew, with the Python that its virtual environment was made of."""

SENDERS = {"granian wsgi": 1}
"""Threads that send one request after the other, two unless it says so: granian may end a thread between an answer and
the end of its request, and each of two senders could meet that.
"""


@pytest.mark.parametrize("name", RELOADED)
def test_reload_under_load_keeps_the_counts(name: str, tmp_path: Path) -> None:
    """After a HUP other workers answer, and show what the old ones recorded together with their own."""
    evidence = tmp_path / "recorded"
    variables = {EVIDENCE: str(evidence), "PYTHONPATH": PYTHONPATH}
    with workers_of(*command_of(name), *RELOADED[name], variables=variables) as server:
        server.send(["/fast"] * 60)
        before = set(server.answered)
        with under_load(server, at_once=SENDERS.get(name, 2)) as load:
            os.kill(server.process.pid, signal.SIGHUP)
            await_end(*before)
            load.await_answers(50)
        looks = server.looks()
        assert before.isdisjoint(look.worker for look in looks)
        # granian may end a thread between an answer and the end of its request.
        least, most = sorted((recorded_in(evidence), server.sent))
        assert most - least <= 1
        shown = totals(looks)
        assert shown in ({("host", least)}, {("host", most)})


def test_upgrade_starts_a_new_group(tmp_path: Path) -> None:
    """After a USR2 the new master's workers count from zero, while the old ones go on with theirs."""
    pidfile = tmp_path / "pid"
    with workers_of(*gunicorn("sync", "--pid", str(pidfile), workers=2)) as server:
        server.send(["/fast"] * 60)
        old = server.process.pid
        os.kill(old, signal.SIGUSR2)
        new = int(await_file(tmp_path / "pid.2").read_text(encoding="ascii"))
        try:
            parents = _send_to_both(server, {old, new})
            shown = {(parent, total) for parent, total in _looked_at(server, {old, new})}
            assert shown == {(old, 60 + parents[old]), (new, parents[new])}
            os.kill(old, signal.SIGQUIT)
            server.process.wait(PATIENCE_SECONDS)
            server.send(["/fast"] * 60)
            assert {look.stats["total_requests"] for look in server.looks()} == {parents[new] + 60}
        finally:
            os.kill(new, signal.SIGTERM)
            await_end(new)


def _send_to_both(server: Workers, masters: set[int]) -> dict[int, int]:
    """Send until workers of all *masters* have answered; give how many each master's have."""
    parents = dict.fromkeys(masters, 0)
    for _ in range(20):
        for answer in server.send(["/fast"] * 30):
            parents[answer.parent] += 1
        if all(parents.values()):
            return parents
    raise AssertionError(parents)


def _looked_at(server: Workers, masters: set[int]) -> list[tuple[int, int]]:
    """Ask until workers of all *masters* have shown their numbers; give master and total of each answer."""
    shown: list[tuple[int, int]] = []
    for _ in range(20):
        looks = server.looks()
        assert {look.stats["scope"] for look in looks} == {"host"}
        shown += [(look.parent, look.stats["total_requests"]) for look in looks]
        if {parent for parent, _ in shown} == masters:
            return shown
    raise AssertionError(shown)
