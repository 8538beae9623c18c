"""Several workers of every server: each of them shows the exact numbers of all, with nothing set up."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.servers.workers_support import Look, Workers, facts, workers_of
from tests.servers.workers_table import SERVERS, WORKERS, command_of

pytestmark = pytest.mark.servers

TRAFFIC = ["/fast"] * 250 + [f"/missing-{number}" for number in range(30)] + ["/fails"] * 20
EXPECTED: dict[str, Any] = {
    "scope": "host",
    "total_requests": 300,
    "total_errors": 50,
    "requests_per_minute": 300,
    "timed": 300,
    "rows": {
        "GET /fast": ({"200": 250}, {"ok": 250}),
        "GET <unmatched>": ({"404": 30}, {"client_error": 30}),
        "GET /fails": ({"500": 20}, {"server_error": 20}),
    },
    "warnings": [],
}


@pytest.fixture(params=SERVERS)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The command of each server."""
    return command_of(request.param)


def test_every_worker_shows_the_numbers_of_all(command: tuple[str, ...]) -> None:
    """Exactly what was sent is in every one of a dozen answers, whichever worker gives it."""
    with workers_of(*command) as server:
        looks = _send_and_look(server)
        assert [facts(look.stats) for look in looks] == [EXPECTED] * len(looks)
        for look in looks:
            _check_workers(server, look)
        _check_shares(server)


def test_private_memory_fails_that_check(command: tuple[str, ...]) -> None:
    """With `memory="private"` each worker shows what it answered itself, so that the check above can tell."""
    with workers_of(*command, variables={"PERFTRACK_MEMORY": "private"}) as server:
        looks = _send_and_look(server)
        assert {look.stats["scope"] for look in looks} == {"process"}
        shown = {look.worker: look.stats["total_requests"] for look in looks}
        assert shown == {worker: server.answered[worker] for worker in shown}
        assert max(shown.values()) < len(TRAFFIC)


def _send_and_look(server: Workers) -> list[Look]:
    server.send(TRAFFIC[::2] + TRAFFIC[1::2])
    assert len(server.answered) > 1
    return server.looks()


def _check_workers(server: Workers, look: Look) -> None:
    """Hold the count of workers to those that have answered, and the answer to have lost nothing."""
    stats = look.stats
    assert len(server.answered) <= stats["workers"] <= WORKERS
    assert (stats["in_flight"], stats["lost_in_flight"]) == (0, 0)


def _check_shares(server: Workers) -> None:
    """Hold what each worker is said to have answered to what it answered, by every worker that tells."""
    for look in server.looks(query="?workers=1"):
        told = {part["worker"]: part["total_requests"] for part in look.stats["worker_stats"]}
        assert Counter(told) == server.answered
        assert sum(part["share"] for part in look.stats["worker_stats"]) == pytest.approx(100, abs=0.1)
    for look in server.looks(query="?scope=process"):
        assert look.stats["scope"] == "process"
        assert look.stats["total_requests"] == server.answered[look.worker]
