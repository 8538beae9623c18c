"""Scripts that start servers with `multiprocessing`: nobody says that these belong together, so they do not."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from tests.servers.support import ROOT, environ, free_port
from tests.servers.workers_load import await_end
from tests.servers.workers_support import LOOKS, Workers, await_answer, stop, totals

pytestmark = pytest.mark.servers

METHODS = ["fork", "spawn"]


@pytest.mark.parametrize("method", METHODS)
def test_two_apps_of_one_script(method: str) -> None:
    """Two different apps have the same parent and the same tracker's name, and still do not mix; both say `group=`."""
    with _script(method, 2) as (first, second):
        first.send(["/fast"] * 30, at_once=1)
        second.send(["/fast"] * 50, at_once=1)
        for server, total in ((first, 30), (second, 50)):
            for look in server.looks(workers=1):
                assert (look.stats["scope"], look.stats["total_requests"]) == ("process", total)
                assert [warning for warning in look.stats["warnings"] if "group=" in warning]


def test_two_processes_that_are_told_to_share() -> None:
    """With a group they count together, and warn of nothing."""
    with _script("spawn", 2, {"PERFTRACK_GROUP": "shop"}) as (first, second):
        first.send(["/fast"] * 30, at_once=1)
        second.send(["/fast"] * 50, at_once=1)
        first.settle()
        looks = first.looks(workers=1) + second.looks(workers=1)
        assert totals(looks) == {("host", 80)}
        assert len({look.worker for look in looks}) == 2
        assert {tuple(look.stats["warnings"]) for look in looks} == {()}


@pytest.mark.parametrize("method", METHODS)
def test_one_server_after_the_other(method: str) -> None:
    """What a test run does, a server for each test: each begins at zero."""
    with _script(method, 1) as (server,):
        for total in (30, 20):
            server.send(["/fast"] * total, at_once=1)
            looks = server.looks(LOOKS, workers=1)
            assert {look.stats["total_requests"] for look in looks} == {total}
            _begin_anew(server)


def _begin_anew(server: Workers) -> None:
    """Let the script end its first server and start another."""
    before = server.await_workers(1)
    assert server.process.stdin
    server.process.stdin.write(b"\n")
    server.process.stdin.flush()
    await_end(*before)
    await_answer(server)


@contextlib.contextmanager
def _script(
    method: str, count: int, variables: Mapping[str, str] | None = None
) -> Generator[list[Workers], None, None]:
    """Start the script with *count* servers."""
    ports = [free_port() for _ in range(count)]
    command = [sys.executable, "-m", "tests.servers.workers_processes", method, *map(str, ports)]
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environ(folder), **(variables or {})},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            servers = [Workers(process, port, log, Path(folder)) for port in ports]
            for server in servers:
                await_answer(server)
            yield servers
        finally:
            stop(process)
            assert process.stdin
            process.stdin.close()
