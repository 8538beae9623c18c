"""Every admin page is of all workers: health, slow log, series, one endpoint, WebSockets and what is in flight."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from tests.servers.workers_answers import GATE
from tests.servers.workers_load import held
from tests.servers.workers_support import Workers, totals, workers_of
from tests.servers.workers_table import command_of, gunicorn

pytestmark = pytest.mark.servers

TRAFFIC = ["/fast"] * 180 + ["/fails"] * 20 + ["/slow"] * 6
NAMES = ["gunicorn gthread", "uvicorn"]


@pytest.fixture(params=NAMES)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The command of a server with threads, and of one with coroutines."""
    return command_of(request.param)


def test_every_page(command: tuple[str, ...]) -> None:
    """Each answers with the numbers of all workers, whichever is asked."""
    with workers_of(*command) as server:
        server.send(TRAFFIC[::2] + TRAFFIC[1::2])
        looks = server.looks(query="?include=health,series,slow,caches")
        for look in looks:
            assert (look.stats["scope"], look.stats["total_requests"]) == ("host", 206)
            _check_parts(server, look.stats)
        assert len({_exactly(look.stats["duration"]) for look in looks}) == 1
        for _ in range(6):
            _check_pages(server)


def test_many_look_at_once() -> None:
    """Threads of one worker that read the numbers at the same time do not disturb each other."""
    with workers_of(*gunicorn("gthread", "--threads", "8", workers=2)) as server:
        server.send(["/fast"] * 60)
        assert totals(server.looks(count=160)) == {("host", 60)}


def test_in_flight(tmp_path: Path) -> None:
    """Requests under way in several workers are in flight for each, and the oldest is the oldest of all."""
    gate = tmp_path / "gate"
    with workers_of(*gunicorn("gthread", "--threads", "8", workers=3), variables={GATE: str(gate)}) as server:
        with held(server, gate, 6) as holders:
            looks = server.looks(settled=False)
            assert len(set(holders)) > 1
            assert {(look.stats["scope"], look.stats["in_flight"]) for look in looks} == {("host", 6)}
            assert all(look.stats["oldest_in_flight_seconds"] > 0 for look in looks)
        looks = server.looks()
        assert {(look.stats["in_flight"], look.stats["total_requests"]) for look in looks} == {(0, 6)}
        assert {look.stats["oldest_in_flight_seconds"] for look in looks} == {None}


@pytest.mark.parametrize("name", ["uvicorn", "granian asgi", "hypercorn"])
def test_websockets(name: str) -> None:
    """Connections that several workers hold are open for each, and so are their messages."""
    client = pytest.importorskip("websockets.sync.client")
    with workers_of(*command_of(name)) as server, contextlib.ExitStack() as stack:
        sockets: list[Any] = []
        for _ in range(9):
            server.await_workers(2)
            sockets.append(stack.enter_context(client.connect(f"ws://127.0.0.1:{server.port}/echo")))
        for socket in sockets:
            socket.send("hello")
            assert socket.recv() == "hello"
        numbers = {_websockets(look.stats) for look in server.looks()}
        assert numbers == {("host", 9, 9, 9, 9)}


def _websockets(stats: Any) -> tuple[str, int, int, int, int]:
    numbers = stats["websockets"]
    return stats["scope"], numbers["opened"], numbers["open"], numbers["messages_in"], numbers["messages_out"]


def _exactly(duration: Any) -> tuple[Any, ...]:
    """Give what of a distribution does not hang on the order in which floats are added."""
    return tuple(value for name, value in sorted(duration.items()) if name != "avg")


def _check_parts(server: Workers, stats: Any) -> None:
    assert stats["health"]["window"]["requests"] == 206
    assert stats["health"]["metrics"]["total_requests"] == 206
    assert stats["last_minute"]["requests"] == 206
    # A machine that is busy with other things makes more of them slow.
    slow = stats["slow"]["slow_queries"]
    assert stats["endpoint_stats"]["GET /slow"]["slow_queries_count"] == 6 == [q["path"] for q in slow].count("/slow")
    assert stats["slow_queries_count"] == stats["slow"]["slow_queries_count"] == len(slow)
    assert {query["worker"] for query in slow} <= set(server.answered)
    assert _sums(stats["series"]["slots"]) == (206, 180 + 6, 20, len(slow))
    assert sum(stats["endpoint_stats"]["GET /fast"]["rpm_series"]) == 180
    assert stats["health"]["cache_status"] == "shared-memory"


def _check_pages(server: Workers) -> None:
    assert server.admin("/health")["window"]["requests"] == 206
    slow = server.admin("/slow-queries")["slow_queries"]
    assert [query["path"] for query in slow].count("/slow") == 6
    assert _sums(server.admin("/series")["slots"]) == (206, 186, 20, len(slow))
    detail = server.admin("/endpoint?name=GET%20/fast")
    assert sum(count for _, _, count in detail["buckets"]) == 180


def _sums(slots: list[Any]) -> tuple[int, ...]:
    return tuple(sum(slot[name] for slot in slots) for name in ("requests", "ok", "server_error", "slow"))
