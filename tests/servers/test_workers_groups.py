"""Who counts together: the workers of one start of one server, and nobody else."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.servers.workers_load import await_end
from tests.servers.workers_support import Workers, totals, workers_of
from tests.servers.workers_table import APPS, command_of, gunicorn

pytestmark = pytest.mark.servers

ONE_UVICORN = ("-m", "uvicorn", f"{APPS}:asgi", "--host", "127.0.0.1", "--port", "{port}")


def shown(server: Workers, workers: int = 2) -> set[tuple[str, int]]:
    """Give scope and total of every answer."""
    return totals(server.looks(workers=workers))


@pytest.mark.parametrize("name", ["gunicorn sync", "uvicorn", "granian wsgi", "uwsgi"])
def test_two_servers_of_one_user(name: str, tmp_path: Path) -> None:
    """Servers that run at the same time, of the same app and with the same parent, do not mix."""
    command = command_of(name)
    with workers_of(*command, folder=tmp_path) as first, workers_of(*command, folder=tmp_path) as second:
        first.send(["/fast"] * 60)
        second.send(["/fast"] * 90)
        assert (shown(first), shown(second)) == ({("host", 60)}, {("host", 90)})


@pytest.mark.parametrize("command", [ONE_UVICORN, gunicorn("sync", workers=1)], ids=["uvicorn", "gunicorn"])
def test_two_servers_of_one_worker(command: tuple[str, ...], tmp_path: Path) -> None:
    """Servers without fellow workers do not take each other for one, though they have the same parent."""
    with (
        workers_of(*command, folder=tmp_path, workers=1) as first,
        workers_of(*command, folder=tmp_path, workers=1) as second,
    ):
        first.send(["/fast"] * 60)
        second.send(["/fast"] * 90)
        assert [{total for _, total in shown(server, workers=1)} for server in (first, second)] == [{60}, {90}]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.parametrize("group", ["", "shop"], ids=["by itself", "named"])
def test_restart_starts_from_zero(end: signal.Signals, group: str, tmp_path: Path) -> None:
    """A server that was stopped, or killed with all of its workers, inherits nothing; what it kept is gone."""
    variables = {"PERFTRACK_GROUP": group} if group else {}
    command = gunicorn("sync", workers=2)
    with workers_of(*command, folder=tmp_path, variables=variables) as server:
        server.send(["/fast"] * 60)
        assert shown(server) == {("host", 60)}
        kept = _files(tmp_path)
        _end(server, end)
    with workers_of(*command, folder=tmp_path, variables=variables, port=server.port) as server:
        assert shown(server) == {("host", 0)}
        server.send(["/fast"] * 40)
        assert shown(server) == {("host", 40)}
        assert len(_files(tmp_path)) <= len(kept)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.parametrize("group", ["", "shop"], ids=["by itself", "named"])
def test_restart_keeps_what_it_is_asked_to_keep(end: signal.Signals, group: str, tmp_path: Path) -> None:
    """With `PERFTRACK_KEEP=1` the same command goes on counting where it was when it was stopped or killed."""
    variables = {"PERFTRACK_KEEP": "1", **({"PERFTRACK_GROUP": group} if group else {})}
    command = gunicorn("sync", workers=2)
    with workers_of(*command, folder=tmp_path, variables=variables) as server:
        server.send(["/fast"] * 60)
        assert shown(server) == {("host", 60)}
        _end(server, end)
    with workers_of(*command, folder=tmp_path, variables=variables, port=server.port) as server:
        assert shown(server) == {("host", 60)}
        server.send(["/fast"] * 40)
        assert shown(server) == {("host", 100)}


def test_named_group_is_shared(tmp_path: Path) -> None:
    """Servers that are given the same name count together, also of different kinds."""
    variables = {"PERFTRACK_GROUP": "shop"}
    with (
        workers_of(*command_of("gunicorn sync"), folder=tmp_path, variables=variables) as first,
        workers_of(*command_of("uvicorn"), folder=tmp_path, variables=variables) as second,
    ):
        first.send(["/fast"] * 60)
        second.send(["/fast"] * 90)
        first.settle()
        assert shown(first) | shown(second) == {("host", 150)}


def _end(server: Workers, how: signal.Signals) -> None:
    """End the server and all of its workers."""
    everybody = [server.process.pid, *server.await_workers(2)]
    for pid in everybody if how == signal.SIGKILL else everybody[:1]:
        os.kill(pid, how)
    server.process.wait()
    await_end(*everybody)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
