"""What a worker has recorded is counted, whenever and however it is killed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from multiprocessing.connection import Connection

import pytest

from perftrack import PerformanceTracker
from tests.core.shared.support import LIMIT, check_whole, child, folder_of, member, record_many, segments, totals
from tests.support import FakeClock

Request = tuple[str, int, Fraction]
"""Route, status, duration."""

KILLS = 8
SLOW = Fraction(3, 2)


def steady(number: int) -> Request:
    """One endpoint that is always fast."""
    return "/", (200, 404, 500)[number % 3], Fraction(number % 8 + 1, 1024)


def scattered(number: int) -> Request:
    """Many endpoints, so that pages are closed and opened, counted and shown all the time."""
    return f"/{number * 7 % 300}", (200, 204)[number % 2], Fraction(number % 8 + 1, 1024)


def new(number: int) -> Request:
    """A new endpoint each time: each is shown by a commit."""
    return f"/{number % 3000}", 200, Fraction(1, 1024)


def slow(number: int) -> Request:
    """Slow requests, each of which is shown in the slow log by a commit."""
    return f"/{number % 5}", 200, SLOW


def mixed(number: int) -> Request:
    """Everything in turn."""
    return (steady, steady, scattered, new, slow)[number % 5](number)


def flat_out(nth: Callable[[int], Request], acknowledge: int) -> Callable[[Connection], None]:
    """Give a child's work: record for ever, and write a byte after each."""

    def work(pipe: Connection) -> None:
        tracker = member(time.perf_counter, max_endpoints=4000)
        pipe.send("ready")
        number = 0
        while True:
            route, status, duration = nth(number)
            tracker.record("GET", route, status, float(duration))
            os.write(acknowledge, b".")
            number += 1

    return work


def kill_one(nth: Callable[[int], Request], lifetime: float) -> int:
    """Let a worker record for *lifetime* seconds, kill it, and give how many records it acknowledged."""
    acknowledged, acknowledge = os.pipe()
    with child(flat_out(nth, acknowledge)) as worker:
        os.close(acknowledge)
        worker.answer()
        number, end = 0, time.monotonic() + lifetime
        while time.monotonic() < end:  # reading keeps the pipe from filling
            number += len(os.read(acknowledged, 1 << 16))
        worker.kill()
    while chunk := os.read(acknowledged, 1 << 16):
        number += len(chunk)
    os.close(acknowledged)
    return number


class Expected:
    """The sum of what killed workers have recorded."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds = Fraction(0)

    def add(self, nth: Callable[[int], Request], count: int) -> None:
        """Add the first *count* records of one worker."""
        for number in range(count):
            route, status, duration = nth(number)
            self.requests[route, status] += 1
            self.seconds += duration

    def check(self, tracker: PerformanceTracker) -> None:
        """Compare everything with what *tracker* shows."""
        snapshot = tracker.snapshot()
        assert check_whole(snapshot) == self.requests.total()
        found = {
            (endpoint.route, status): count
            for endpoint in snapshot.endpoints.values()
            for (_, status), count in endpoint.statuses.items()
        }
        assert found == self.requests
        assert sum(Fraction(endpoint.total) for endpoint in snapshot.endpoints.values()) == self.seconds
        assert not snapshot.warnings


@pytest.mark.parametrize("nth", [steady, scattered, new, slow, mixed])
def test_every_acknowledged_record_of_a_killed_worker_is_counted(nth: Callable[[int], Request]) -> None:
    """Killed at any moment, within a record or a commit, a worker loses nothing and doubles nothing."""
    chance = random.Random(nth.__name__)
    reader, expected, seen = member(time.perf_counter, max_endpoints=4000), Expected(), 0
    for _ in range(KILLS):
        acknowledged = kill_one(nth, chance.uniform(0.002, 0.05))
        found = sum(totals(reader).values()) - seen
        assert acknowledged <= found <= acknowledged + 1
        seen += found
        expected.add(nth, found)
        expected.check(reader)  # now out of the file of the dead
    assert segments(folder_of(reader)) == [folder_of(reader) / own_name(reader)]


def own_name(tracker: PerformanceTracker) -> str:
    """Give the name of the segment of this process."""
    [name] = [path.name for path in segments(folder_of(tracker)) if f"-{os.getpid()}-" in path.name]
    return name


def die_with(reader: PerformanceTracker, count: int) -> None:
    """Leave the segment of a killed worker with *count* records, seen by nobody."""

    def work(pipe: Connection) -> None:
        record_many(member(reader.clock), ("/dead", count), ("/slow", 1), seconds=1.5)
        pipe.send("done")
        pipe.recv()

    with child(work) as worker:
        worker.answer()
        worker.kill()


@pytest.mark.parametrize("step", ["unlink", "rename", "write"])
def test_a_folder_that_is_killed_half_way_neither_loses_nor_doubles(clock: FakeClock, step: str) -> None:
    """Before the file of the dead has its name, or before the segment is gone: the next one finishes the work."""
    reader = member(clock)
    record_many(reader, ("/living", 5))
    die_with(reader, 70)

    def work(_: Connection) -> None:
        done = getattr(os, step)

        def suicide(what: object, *arguments: object, **keywords: object) -> object:
            if "worker-" in str(what) or "retired" in str(what):
                os.kill(os.getpid(), signal.SIGKILL)
            return done(what, *arguments, **keywords)

        if step == "write":
            from perftrack.memory.shared import retired

            retired._written = lambda _: suicide("retired")  # type: ignore[assignment, return-value]
        setattr(os, step, suicide)
        member(clock)

    with child(work) as folder:
        assert folder.wait() == -signal.SIGKILL
    for _ in range(3):
        assert totals(reader) == {"GET /living": 5, "GET /dead": 70, "GET /slow": 1}
        stats = reader.stats()
        assert (stats["slow_queries_count"], len(stats["recent_slow_queries"])) == (71, 50)
    assert len(segments(folder_of(reader))) == 1


def test_whoever_sees_a_death_counts_it_once(clock: FakeClock) -> None:
    """Several workers that look while others die fold each once: totals rise to the sum and never fall."""

    def watch(pipe: Connection) -> None:
        tracker, seen = member(clock), 0
        pipe.send("ready")
        while not pipe.poll():
            now = sum(totals(tracker).values())
            assert now >= seen
            seen = now
        pipe.send(sum(totals(tracker).values()))

    reader = member(clock)
    with child(watch) as one, child(watch) as two:
        assert (one.answer(), two.answer()) == ("ready", "ready")
        for _ in range(6):
            die_with(reader, 99)
        deadline = time.monotonic() + LIMIT
        while len(segments(folder_of(reader))) > 3:
            assert time.monotonic() < deadline
            reader.snapshot()
        assert (one.ask("stop"), two.ask("stop")) == (600, 600)
    assert sum(totals(reader).values()) == 600
