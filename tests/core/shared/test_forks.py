"""A child of a fork counts for itself, and a parent that is killed is seen dead whatever its child holds."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from tests.core.shared.support import LIMIT, child, folder_of, member, record_many, segments, totals
from tests.support import FakeClock

_names = count()


def app_tracker(clock: FakeClock) -> PerformanceTracker:
    """Make a tracker as an app does; its name is new, so that it is the first of it in every process."""
    return PerformanceTracker(f"tracker {next(_names)}", clock=clock, wall=clock, memory="shared", group="forks")


def test_the_child_of_a_fork_starts_at_zero_in_a_segment_of_its_own(clock: FakeClock) -> None:
    """What the parent counted stays its own, in flight or not; both are counted once, whoever is asked."""
    tracker = app_tracker(clock)
    record_many(tracker, ("/parent", 70))
    waiting = begin(Exchange, tracker, lambda _: "/waiting", {}, "GET", "/waiting")

    def work(pipe: Connection) -> None:
        record_many(tracker, ("/child", 3))
        pipe.send((totals(tracker), tracker.stats(scope="process")["total_requests"], tracker.stats()["in_flight"]))
        waiting.complete()  # the parent's: here it only counts
        pipe.send(tracker.stats()["in_flight"])
        pipe.recv()

    with child(work) as forked:
        assert forked.answer() == ({"GET /parent": 70, "GET /child": 3}, 3, 1)
        assert forked.answer() == 1
        assert totals(tracker) == {"GET /parent": 70, "GET /child": 3, "GET /waiting": 1}
        assert len(segments(folder_of(tracker))) == 2
        assert tracker.stats()["workers"] == 2
    waiting.status = 200
    waiting.complete()
    assert totals(tracker) == {"GET /parent": 70, "GET /child": 3, "GET /waiting": 2}
    assert tracker.stats()["in_flight"] == tracker.stats()["lost_in_flight"] == 0
    tracker.memory.forget()


def test_a_child_that_ends_does_not_unlock_its_parent(clock: FakeClock) -> None:
    """The lock says that the parent lives, also when a child that inherited everything has closed it and ended."""
    tracker, reader = member(clock), member(clock)
    record_many(tracker, ("/", 3))
    with child(lambda _: None) as forked:
        assert forked.wait() == 0
    assert reader.stats()["workers"] == 1
    assert len(segments(folder_of(reader))) == 2


@pytest.mark.parametrize("hook", [True, False])
def test_a_killed_parent_is_dead_though_its_child_lives(clock: FakeClock, hook: bool) -> None:
    """Also when the child came about behind Python's back, and holds the lock of its parent for ever."""
    if not hook and sys.platform != "linux":
        pytest.skip("only Linux says when a process started without asking another")
    reader = member(clock)

    def parent(pipe: Connection) -> None:
        tracker = app_tracker(clock) if hook else None
        own = member(clock)
        record_many(own, ("/", 3))
        kept = [] if hook else [os.dup(descriptor) for descriptor in held_by(folder_of(own))]
        pid = os.fork()
        if not pid:
            time.sleep(LIMIT)
            os._exit(0)
        pipe.send((pid, len(kept)))
        pipe.recv()
        del tracker

    with child(parent) as killed:
        grandchild, kept = killed.answer()
        try:
            assert kept or hook
            assert reader.stats()["workers"] == 1
            killed.kill()
            assert totals(reader) == {"GET /": 3}
            assert reader.stats()["workers"] == 0
            assert len(segments(folder_of(reader))) == 1
        finally:
            os.kill(grandchild, signal.SIGKILL)


def held_by(folder: Path) -> list[int]:
    """Find the descriptors of this process that are open on a segment."""
    own = [path for path in segments(folder) if f"-{os.getpid()}-" in path.name]
    found = [(int(path.name), path) for path in Path("/proc/self/fd").iterdir()]
    return [number for number, path in found if path.exists() and any(path.samefile(segment) for segment in own)]


def test_a_fork_while_another_thread_holds_the_lock_of_the_group(clock: FakeClock) -> None:
    """What a child inherits of a lock does not outlast its holder's use of it."""
    from perftrack.memory.shared.lock import locked

    tracker = member(clock)
    folder = os.open(folder_of(tracker), os.O_RDONLY)

    def work(pipe: Connection) -> None:
        pipe.recv()

    with locked(folder, 0.0):
        process = child(work)
        process.__enter__()
    try:
        with locked(folder, 0.0):
            pass
    finally:
        process.__exit__(None, None, None)
        os.close(folder)


def test_a_fork_decides_nothing(clock: FakeClock) -> None:
    """A tracker that was never used joins nobody when its process forks."""
    tracker = app_tracker(clock)
    with child(lambda _: None) as forked:
        assert forked.wait() == 0
    assert list(Path(os.environ["PERFTRACK_DIR"]).iterdir()) == []
    record_many(tracker, ("/", 1))
    assert totals(tracker) == {"GET /": 1}
    tracker.memory.forget()


def test_exec_leaves_the_segment_to_be_folded(clock: FakeClock) -> None:
    """A process that becomes another program has let go of its lock: its counts are those of a dead worker."""
    reader = member(clock)

    def work(pipe: Connection) -> None:
        record_many(member(clock), ("/", 3))
        pipe.send("done")
        pipe.recv()
        program = "import sys; print('on', flush=True); sys.stdin.read()"
        os.execv(sys.executable, [sys.executable, "-c", program])  # noqa: S606 - no shell is wanted

    from_child, to_parent = os.pipe()
    stdin, to_child = os.pipe()

    def redirected(pipe: Connection) -> None:
        os.dup2(to_parent, 1)
        os.dup2(stdin, 0)
        os.close(to_child)
        work(pipe)

    with child(redirected) as program:
        os.close(to_parent)
        program.answer()
        assert reader.stats()["workers"] == 1
        program.pipe.send("on")
        assert os.read(from_child, 2) == b"on"
        assert totals(reader) == {"GET /": 3}
        assert reader.stats()["workers"] == 0
        assert len(segments(folder_of(reader))) == 1
    for descriptor in (from_child, stdin, to_child):
        os.close(descriptor)


def test_records_while_the_process_forks(clock: FakeClock) -> None:
    """Forks at any moment of a thread that records flat out lose nothing and hang nobody."""
    tracker, stop, recorded = app_tracker(clock), threading.Event(), 0

    def write() -> None:
        nonlocal recorded
        while not stop.is_set():
            tracker.record("GET", f"/{recorded % 50}", 200, 2.0 if recorded % 20 == 0 else 0.25)
            recorded += 1

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        for _ in range(15):
            with child(lambda _: record_many(tracker, ("/child", 2))) as forked:
                assert forked.wait() == 0
    finally:
        stop.set()
        thread.join(LIMIT)
    found = totals(tracker)
    assert found.pop("GET /child") == 30
    assert sum(found.values()) == recorded
    tracker.memory.forget()


