"""What the tests of shared memory have in common: members of one group, in this process and in others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from perftrack import PerformanceTracker
from perftrack.memory import PrivateMemory
from perftrack.memory.clocks import Clocks
from perftrack.memory.shared.memory import SharedMemory, join_group
from perftrack.memory.shared.naming import membership
from perftrack.snapshot import Snapshot

WALL: Final = 1_768_473_000.0
LIMIT: Final = 60.0
"""Seconds after which a child that says nothing is a failure."""


def private(clock: Callable[[], float], **settings: Any) -> PerformanceTracker:
    """Make a tracker that counts alone."""
    return PerformanceTracker(clock=clock, wall=lambda: clock() + WALL, memory="private", **settings)


def member(clock: Callable[[], float], group: str = "group", **settings: Any) -> PerformanceTracker:
    """Make a tracker that is a member of *group*: each has a segment, also those of one process."""
    tracker = private(clock, **settings)
    tracker.memory = joined(tracker, group)
    tracker.memory.show_caches()
    return tracker


def joined(tracker: PerformanceTracker, group: str = "group") -> SharedMemory:
    """Join *group* with the settings of a tracker."""

    def gave_up(memory: PrivateMemory, error: OSError) -> None:
        tracker.memory = memory
        tracker.caches.share(None)
        tracker.warn(f"gave up: {error}")

    where = membership("perftrack", group, None, os.environ)
    clocks = Clocks(tracker.clock, tracker.wall, "test")
    return join_group(where, tracker.settings, clocks, gave_up, tracker.caches)


def shared_memory(tracker: PerformanceTracker) -> SharedMemory:
    """Give the memory of a member."""
    memory = tracker.memory
    assert isinstance(memory, SharedMemory)
    return memory


def folder_of(tracker: PerformanceTracker) -> Path:
    """Give the directory of a member's group."""
    return shared_memory(tracker).group.path


def segments(folder: Path) -> list[Path]:
    """List the files of the workers."""
    return sorted(folder.glob("worker-*"))


def check_whole(snapshot: Snapshot) -> int:
    """Hold the ways of adding up of each endpoint to one number, and give all requests."""
    total = 0
    for endpoint in snapshot.endpoints.values():
        number = sum(endpoint.statuses.values())
        assert endpoint.histogram.count == number, endpoint.name
        assert (endpoint.total > 0) == (number > 0)
        total += number
    check_slots(snapshot)
    return total


def check_slots(snapshot: Snapshot) -> None:
    """Hold the last hour to the rows, where all is of the last hour."""
    rows, slots = snapshot.endpoints.values(), snapshot.slots.values()
    assert sum(sum(slot.outcomes) for slot in slots) == sum(sum(row.statuses.values()) for row in rows)
    assert sum(slot.histogram.count for slot in slots) == sum(row.histogram.count for row in rows)


class Child:
    """A forked process that runs *work* with one end of a pipe; this end is `pipe`."""

    def __init__(self, work: Callable[[Connection], object]) -> None:
        self.pipe, other = multiprocessing.Pipe()
        self.pid = os.fork()
        if not self.pid:
            _run(work, other)
        other.close()
        self._ended = False

    def ask(self, message: object) -> Any:
        """Send *message* and wait for the answer."""
        self.pipe.send(message)
        return self.answer()

    def answer(self) -> Any:
        """Wait for what the child says next."""
        assert self.pipe.poll(LIMIT), "the child says nothing"
        return self.pipe.recv()

    def kill(self) -> None:
        """Kill it as `kill -9` does, unless it has ended, and wait for its end."""
        if not self._ended:
            os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Wait for its end, and give its status as `subprocess` does."""
        if self._ended:
            return 0
        deadline = time.monotonic() + LIMIT
        while not (found := os.waitpid(self.pid, os.WNOHANG))[0]:
            assert time.monotonic() < deadline, "the child does not end"
            time.sleep(0.001)
        self._ended = True
        return os.waitstatus_to_exitcode(found[1])

    def close(self) -> None:
        """Leave nothing of it."""
        self.kill()
        self.pipe.close()


def _run(work: Callable[[Connection], object], pipe: Connection) -> None:
    """Do the work of a child, which must not come back into the test runner."""
    status = 1
    try:
        work(pipe)
        status = 0
    except EOFError:
        status = 0  # the test is over
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


@contextmanager
def child(work: Callable[[Connection], object]) -> Generator[Child, None, None]:
    """Run *work* in a forked process that does not outlive the block."""
    process = Child(work)
    try:
        yield process
    finally:
        process.close()


def record_many(tracker: PerformanceTracker, *counts: tuple[str, int], seconds: float = 0.125) -> None:
    """Record for each (route, count)."""
    for route, count in counts:
        for _ in range(count):
            tracker.record("GET", route, 200, seconds)


def totals(tracker: PerformanceTracker) -> dict[str, int]:
    """Count the requests by endpoint."""
    return {name: row["total_requests"] for name, row in tracker.stats()["endpoint_stats"].items()}
