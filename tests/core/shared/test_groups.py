"""Whose counts belong together, how long they are kept, and who clears up."""

from __future__ import annotations

import fcntl
import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from perftrack import PerformanceTracker
from perftrack.memory import PrivateMemory
from perftrack.memory.clocks import Clocks
from perftrack.memory.shared.lock import is_held, locked
from perftrack.memory.shared.memory import join_group
from perftrack.memory.shared.naming import Membership, membership
from perftrack.memory.shared.process import Process, described, start_of, this_process
from perftrack.memory.shared.supervisor import Supervisor
from tests.core.shared.support import child, folder_of, private, record_many, segments, totals
from tests.support import FakeClock

HERE = Supervisor(os.getpid())
LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux says when a process started")


def supervised(
    clock: FakeClock, supervisor: Process | None, name: str = "0" * 32, kept: bool = False
) -> PerformanceTracker:
    """Make a member of the group *name*."""
    tracker = private(clock)
    clocks = Clocks(tracker.clock, tracker.wall, "test")
    tracker.memory = join_group(Membership(name, supervisor, kept), tracker.settings, clocks, ignore, tracker.caches)
    return tracker


def ignore(_: PrivateMemory, error: OSError) -> None:
    """Be told what does not happen here."""
    raise error


def gone() -> Process:
    """Describe a process that has ended."""
    with child(lambda _: None) as ended:
        process = described(ended.pid)
        ended.wait()
    return process._replace(start=process.start or "long ago")


# -- naming ----------------------------------------------------------------------------------------------------------


def test_a_group_has_the_name_of_what_its_workers_have_in_common() -> None:
    """The same supervisor, part and tracker, or the same name; anything else is another group."""
    names = [
        membership("perftrack", None, HERE, {}),
        membership("perftrack", None, Supervisor(os.getppid()), {}),
        membership("perftrack", None, Supervisor(os.getpid(), "part"), {}),
        membership("perftrack 2", None, HERE, {}),
        membership("perftrack", None, HERE, {"PERFTRACK_KEEP": "1"}),
        membership("perftrack", "name", HERE, {}),
        membership("perftrack 2", "name", HERE, {}),
    ]
    assert len({where.directory for where in names}) == len(names)
    assert names[0] == membership("perftrack", None, HERE, {"PERFTRACK_KEEP": "0"})
    assert names[5].directory == membership("perftrack", "name", None, {}).directory
    assert all(len(where.directory) == 32 for where in names)
    assert [where.kept for where in names] == [False, False, False, False, True, False, False]
    with pytest.raises(ValueError, match="no group"):
        membership("perftrack", None, None, {})


@LINUX
def test_a_kept_group_is_found_again_by_the_same_command(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """A server that is started again has another pid; its command and its directory are the same."""

    def work(pipe: Connection) -> None:
        pipe.send(membership("perftrack", None, Supervisor(os.getpid()), {"PERFTRACK_KEEP": "1"}).directory)

    keep = {"PERFTRACK_KEEP": "1"}
    with child(work) as other:
        assert other.answer() == membership("perftrack", None, HERE, keep).directory
    before = membership("perftrack", None, HERE, keep).directory
    monkeypatch.chdir(home)
    assert membership("perftrack", None, HERE, keep).directory != before


# -- processes -------------------------------------------------------------------------------------------------------


@LINUX
def test_who_is_gone() -> None:
    """A process has ended for certain after another boot, or when its pid is free or somebody else's."""
    here = this_process()
    assert not here.is_gone()
    assert here._replace(start="1").is_gone()
    assert gone().is_gone()
    assert here._replace(boot="before").is_gone()
    assert not here._replace(boot="").is_gone()
    assert not here._replace(namespace="elsewhere", start="1").is_gone()
    assert not here._replace(start="").is_gone()


@LINUX
def test_a_zombie_has_ended() -> None:
    """Also when its parent has not asked for its status yet."""
    read, write = os.pipe()
    with child(lambda _: None) as ended:
        os.close(write)
        assert os.read(read, 1) == b""  # it has closed everything
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert start_of(ended.pid) == ""
    os.close(read)


# -- locks -----------------------------------------------------------------------------------------------------------


def test_a_lock_is_held_by_one_process(home: Path) -> None:
    """The other one waits, or gives up; a killed holder has let go."""
    folder = os.open(home, os.O_RDONLY)

    def work(pipe: Connection) -> None:
        with locked(folder, 0.0):
            pipe.send("locked")
            pipe.recv()

    with child(work) as holder:
        holder.answer()
        with pytest.raises(TimeoutError), locked(folder, 0.01):
            pass
        holder.kill()
    with locked(folder, 0.0):
        descriptor = os.open(home / "lock", os.O_RDONLY)
        assert is_held(descriptor)
    assert not is_held(descriptor)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    other = os.open(home / "lock", os.O_RDONLY)
    assert not is_held(other)  # readers do not take each other for owners
    os.close(other)
    os.close(descriptor)
    os.close(folder)


def test_a_lock_whose_folder_was_removed_is_none(home: Path) -> None:
    """Who waited for it finds that others would find another one."""
    folder = os.open(home, os.O_RDONLY)
    real = fcntl.flock

    def removing(descriptor: int, kind: int) -> None:
        real(descriptor, kind)
        (home / "lock").unlink(missing_ok=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fcntl, "flock", removing)
        with pytest.raises(FileNotFoundError), locked(folder, 0.0):
            pass
    os.close(folder)


# -- restarts --------------------------------------------------------------------------------------------------------


@LINUX
def test_a_group_lives_as_long_as_its_supervisor(clock: FakeClock) -> None:
    """Between two workers, the counts are kept by the supervisor that will start the next one."""
    first = supervised(clock, this_process())
    record_many(first, ("/", 70))
    first.memory.forget()
    clock.tick(5.0)
    second = supervised(clock, this_process())
    assert totals(second) == {"GET /": 70}
    assert second.stats()["uptime_seconds"] == 5.0
    assert len(segments(folder_of(second))) == 1


@pytest.mark.parametrize("supervisor", [None, "gone"])
def test_a_restarted_group_starts_from_zero(clock: FakeClock, supervisor: str | None) -> None:
    """With no living member and no living supervisor, the counts are nobody's."""
    ended = gone() if supervisor else None
    first = supervised(clock, ended)
    record_many(first, ("/", 70))
    other = supervised(clock, ended)
    first.memory.forget()
    assert totals(other) == {"GET /": 70}
    other.memory.forget()
    clock.tick(5.0)
    again = supervised(clock, ended)
    assert totals(again) == {}
    assert again.stats()["uptime_seconds"] == 0.0
    assert sorted(path.name.split("-")[0] for path in folder_of(again).iterdir()) == ["charter", "lock", "worker"]


def test_kept_counts_outlive_the_server(clock: FakeClock) -> None:
    """PERFTRACK_KEEP=1: counts, resets and the start go on."""
    first = supervised(clock, None, kept=True)
    record_many(first, ("/lost", 3))
    first.reset()
    record_many(first, ("/", 70))
    since = first.stats()["since"]
    first.memory.forget()
    clock.tick(5.0)
    again = supervised(clock, None, kept=True)
    assert totals(again) == {"GET /": 70}
    assert (again.stats()["since"], again.stats()["uptime_seconds"]) == (since, 5.0)
