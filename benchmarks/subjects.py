"""What is timed when nothing but a record is: an empty call, the floor, and perftrack's two ways in."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from time import process_time
from typing import Any

from benchmarks.load import START, Load, finished
from perftrack import PerformanceTracker

WALL_OFFSET = 1_700_000_000.0

Add = Callable[[str, str, str, int, float, float, float], None]


class SimulatedClock:
    """A clock that stands until it is moved; called, it gives the time."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        """Give the time."""
        return self.now

    def wall(self) -> float:
        """Give the time of day."""
        return self.now + WALL_OFFSET


def empty(method: str, route: str, path: str, status: int, duration: float, first_byte: float, finish: float) -> None:
    """Do nothing: what the call and the loop around it cost."""


class Floor:
    """The least that anybody has to do who counts requests by endpoint and loses none: four integers under a lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rows: dict[str, list[int]] = {}

    def add(
        self, method: str, route: str, path: str, status: int, duration: float, first_byte: float, finish: float
    ) -> None:
        """Count one request."""
        with self.lock:
            row = self.rows.get(route)
            if row is None:
                row = self.rows[route] = [0, 0, 0, 0]
            row[0] += 1
            row[1] += status
            row[2] += 2
            row[3] += 1


class Adding:
    """Times a function that takes what `PrivateMemory.add` takes."""

    def __init__(self, load: Load, add: Add) -> None:
        self.requests = load.draw()
        self.step = load.step
        self.finish = START
        self.add = add

    def __call__(self) -> float:
        """Run one round."""
        started = process_time()
        self.run()
        return (process_time() - started) / len(self.requests)

    def run(self) -> None:
        """Add the requests of a round."""
        add, finish, step = self.add, self.finish, self.step
        for route, status, duration, first_byte in self.requests:
            finish += step
            add("GET", route, route, status, duration, first_byte, finish)
        self.finish = finish


def count_waiting(tracker: PerformanceTracker) -> None:
    """Count what waits, as a read would: the rest of a read is no part of a record."""
    for endpoint in vars(tracker.memory)["_rows"].by_name.values():
        endpoint.count()


class Tracked(Adding):
    """Times `PrivateMemory.add`, the counting of what waits at its endpoints included.

    What waits at the end of a round is counted in it.
    """

    def __init__(self, load: Load, **settings: Any) -> None:
        self.clock = SimulatedClock()
        self.tracker = PerformanceTracker(clock=self.clock, wall=self.clock.wall, **settings)
        self.rounds = 0
        super().__init__(load, self.tracker.memory.add)

    def __call__(self) -> float:
        """Run one round."""
        self.rounds += 1
        self.prepare()
        started = process_time()
        self.run()
        count_waiting(self.tracker)
        self.clock.now = self.finish
        return (process_time() - started) / len(self.requests)

    def prepare(self) -> None:
        """Do what comes before the clock starts."""


class Cold(Adding):
    """Times the first requests after the start: each round with a new tracker, whose making is not timed."""

    def __call__(self) -> float:
        """Run one round."""
        self.tracked = Tracked(Load("", calls=1), memory="private")
        self.tracked.requests, self.tracked.step = self.requests, self.step
        self.tracked.tracker.snapshot()
        return self.tracked()


class Threaded:
    """Times the requests of *adding*, shared out to threads that take the finish of each from one clock."""

    def __init__(self, adding: Adding, threads: int) -> None:
        self.adding = adding
        self.threads = threads
        self.finish = itertools.count(START, adding.step).__next__

    def __call__(self) -> float:
        """Run one round, a count of what waits included."""
        started = process_time()
        threads = [threading.Thread(target=self._run, args=(number,)) for number in range(self.threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if isinstance(self.adding, Tracked):
            self.adding.clock.now = self.finish()
            count_waiting(self.adding.tracker)
        return (process_time() - started) / len(self.adding.requests)

    def _run(self, number: int) -> None:
        add, finish = self.adding.add, self.finish
        for route, status, duration, first_byte in self.adding.requests[number :: self.threads]:
            add("GET", route, route, status, duration, first_byte, finish())


class Recorded(Tracked):
    """Times the public `PerformanceTracker.record`."""

    def prepare(self) -> None:
        """Let the tracker's clock give the finish of one request after the other, at the cost of an iterator."""
        finishes = [request[-1] for request in finished(self.requests, self.finish, self.step)]
        self.tracker.clock = iter(finishes).__next__
        self.finish = finishes[-1]

    def run(self) -> None:
        """Record the requests of a round."""
        record = self.tracker.record
        for route, status, duration, _ in self.requests:
            record("GET", route, status, duration)
