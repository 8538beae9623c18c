"""Where the counters live: which processes share, and what those are told that do not."""

from __future__ import annotations

import builtins
import multiprocessing
import os
import signal
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from perftrack import PerformanceTracker
from perftrack.memory.choice import ALONE, NO_GIL
from perftrack.memory.shared.supervisor import Supervisor, may_have_siblings, supervisor
from tests.core.shared.support import record_many, totals
from tests.support import FakeClock


def told(memory: str, **settings: Any) -> tuple[str, list[str]]:
    """Give the scope and the warnings of a tracker with this *memory*."""
    tracker = PerformanceTracker("choice", memory=memory, **settings)
    stats = tracker.stats()
    tracker.memory.forget()
    return stats["scope"], stats["warnings"]


def test_a_process_that_nobody_has_started_is_alone() -> None:
    """It warns of nothing, unless sharing was asked for and it is not known with whom."""
    assert told("auto") == told("private") == ("process", [])
    assert told("shared") == ("process", [ALONE])
    assert "group=" in ALONE


def test_a_group_shares_wherever_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By keyword or variable; `private` overrules both."""
    assert told("auto", group="g") == told("shared", group="g") == ("host", [])
    monkeypatch.setenv("PERFTRACK_GROUP", "g")
    assert told("auto") == ("host", [])
    assert told("private") == ("process", [])


def report_warnings(pipe: Any, memory: str) -> None:
    """Tell, from a child of `multiprocessing`, what its tracker warns of."""
    pipe.send(told(memory))


@pytest.mark.parametrize("memory", ["auto", "private"])
def test_a_real_child_of_multiprocessing(memory: str) -> None:
    """A script's own processes may serve different apps: each counts alone, and says what joins them."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=report_warnings, args=(theirs, memory))
    process.start()
    assert ours.poll(60.0)
    assert ours.recv() == ("process", [ALONE] if memory == "auto" else [])
    process.join(60.0)
    assert process.exitcode == 0


@pytest.mark.parametrize("server", ["gunicorn.arbiter", "uwsgi", "mod_wsgi"])
def test_a_server_is_loaded_whose_worker_this_is_not(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    """A process that a worker has forked inherits its modules; it may have siblings, and does not know them."""
    module = ModuleType(server)
    if server == "uwsgi":
        module.masterpid = os.getpid  # type: ignore[attr-defined]  # no parent of this process
        monkeypatch.setitem(sys.modules, server, module)
        assert told("auto") == ("process", [ALONE])
    if server == "gunicorn.arbiter":
        monkeypatch.setitem(sys.modules, server, module)
        assert told("auto") == ("process", [ALONE])
        assert told("private") == ("process", [])
    monkeypatch.setitem(sys.modules, server, module)
    assert may_have_siblings()


def test_a_worker_of_gunicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its handler of SIGUSR1 belongs to a worker with this pid, which knows the arbiter."""

    class Worker:
        pid, ppid = os.getpid(), os.getppid()

        def handle(self, *_: object) -> None:
            """Do nothing."""

    monkeypatch.setitem(sys.modules, "gunicorn.arbiter", ModuleType("gunicorn.arbiter"))
    previous = signal.signal(signal.SIGUSR1, Worker().handle)
    try:
        assert supervisor() == Supervisor(os.getppid())
        assert told("auto") == ("host", [])
        Worker.pid += 1
        assert supervisor() is None
    finally:
        signal.signal(signal.SIGUSR1, previous)


@pytest.mark.parametrize(("master", "expected"), [(os.getppid(), os.getppid()), (0, os.getpid())])
def test_a_worker_of_uwsgi(monkeypatch: pytest.MonkeyPatch, master: int, expected: int) -> None:
    """With a master it is the supervisor, without one the first worker is."""
    module = ModuleType("uwsgi")
    module.workers = lambda: [{"pid": os.getpid()}, {"pid": 1}]  # type: ignore[attr-defined]
    module.masterpid = lambda: master  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "uwsgi", module)
    assert supervisor() == Supervisor(expected)


def test_a_daemon_process_of_apache(monkeypatch: pytest.MonkeyPatch) -> None:
    """All have one parent; process group and application tell their groups apart."""
    module = ModuleType("mod_wsgi")
    module.process_group, module.application_group = "site", "host|/app"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "mod_wsgi", module)
    assert supervisor() == Supervisor(os.getppid(), "site|host|/app")


@pytest.mark.parametrize(
    ("module", "starter", "known"),
    [
        ("uvicorn._subprocess", os.getppid(), True),
        ("granian.server.mp", os.getppid(), True),
        ("hypercorn.asyncio.run", os.getppid(), True),
        ("my_script", os.getppid(), False),
        ("uvicorn.main", os.getppid(), False),
        ("uvicorn._subprocess", os.getpid(), False),  # forked by a worker: it has another parent
    ],
)
def test_children_of_multiprocessing(monkeypatch: pytest.MonkeyPatch, module: str, starter: int, known: bool) -> None:
    """A server's own function as target makes a worker; anything else may be anything."""
    target = SimpleNamespace(__module__=module)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: SimpleNamespace(pid=starter))
    monkeypatch.setattr(multiprocessing, "current_process", lambda: SimpleNamespace(_target=target))
    assert supervisor() == (Supervisor(os.getppid()) if known else None)
    assert told("auto") == (("host", []) if known else ("process", [ALONE]))


@pytest.mark.parametrize(("enabled", "scope"), [(True, "host"), (False, "process")])
def test_a_free_threaded_python_counts_alone(monkeypatch: pytest.MonkeyPatch, enabled: bool, scope: str) -> None:
    """Entries of a page are given out by what only the GIL makes safe; who does not share is told nothing."""
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: enabled, raising=False)
    assert told("auto", group="g") == (scope, [] if enabled else [NO_GIL])
    assert told("auto") == told("private", group="g") == ("process", [])


def test_a_system_without_file_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a module is missing, each process counts alone and says why."""
    original = builtins.__import__

    def importing(name: str, *arguments: Any) -> Any:
        if name == "perftrack.memory.shared.memory":
            raise ModuleNotFoundError("No module named 'fcntl'")
        return original(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", importing)
    scope, [warning] = told("auto", group="g")
    assert scope == "process"
    assert "fcntl" in warning


def test_thresholds_that_are_assigned_survive(clock: FakeClock) -> None:
    """Assigned before the memory is decided or after, they hold, also in the child of a fork and after a reset."""
    tracker = PerformanceTracker("thresholds", clock=clock, wall=clock, group="g")
    tracker.slow_query_threshold = 0.25
    tracker.max_slow_queries = 2
    record_many(tracker, ("/", 3), seconds=0.5)
    stats = tracker.stats()
    assert (stats["slow_queries_count"], len(stats["recent_slow_queries"])) == (3, 2)
    tracker.slow_query_threshold = 0.75
    tracker.max_slow_queries = 5
    tracker.reset()
    record_many(tracker, ("/", 3), seconds=0.5)
    record_many(tracker, ("/", 6), seconds=1.0)
    stats = tracker.stats()
    assert (stats["slow_queries_count"], len(stats["recent_slow_queries"])) == (6, 5)
    tracker.memory.forget()
    tracker.begin_anew()
    record_many(tracker, ("/child", 1), seconds=0.7)
    record_many(tracker, ("/child", 1), seconds=0.8)
    rows = tracker.stats()["endpoint_stats"]
    assert rows["GET /child"]["slow_queries_count"] == 1
    assert totals(tracker) == {"GET /child": 2}  # its parent has ended, and the group with it
    tracker.memory.forget()
