"""Workers of one group in processes of their own, each doing what it is told through a pipe."""

from __future__ import annotations

from collections import Counter
from math import floor
from multiprocessing.connection import Connection
from typing import Any

from perftrack.exchange import Exchange, begin
from perftrack.outcomes import OUTCOME_NAMES
from perftrack.snapshot import Snapshot
from perftrack.websocket import WebSocketSession
from tests.core.shared.support import Child, check_slots, member
from tests.support import FakeClock

MAX_ENDPOINTS = 400


class Worker:
    """What runs in the process of a worker; each method is a command."""

    def __init__(self, now: float) -> None:
        self.clock = FakeClock(now)
        self.tracker = member(self.clock, max_endpoints=MAX_ENDPOINTS)
        self.exchanges: list[Exchange] = []
        self.sockets: list[WebSocketSession] = []

    def tick(self, seconds: float) -> None:
        """Let time pass, which all workers share."""
        self.clock.tick(seconds)

    def record(self, route: str, status: int, seconds: float, count: int) -> None:
        """Record *count* requests."""
        for _ in range(count):
            self.tracker.record("GET", route, status, seconds)

    def grow(self, count: int) -> None:
        """Record one request each on *count* endpoints."""
        for number in range(count):
            self.tracker.record("GET", f"/{number}", 200, 0.25)

    def untimed(self, route: str) -> None:
        """Count a client that left."""
        self.tracker.memory.add_untimed("GET", route, OUTCOME_NAMES.index("client_left"), 200, None, self.clock(), None)

    def begin(self) -> None:
        """Let a request arrive."""
        self.exchanges.append(begin(Exchange, self.tracker, lambda _: "/flight", {}, "GET", "/flight"))

    def end(self) -> float:
        """Let the oldest request in flight end, and give its duration."""
        exchange = self.exchanges.pop(0)
        exchange.status = 200
        exchange.complete()
        return self.clock() - exchange.arrival

    def open(self) -> None:
        """Open a WebSocket."""
        self.sockets.append(WebSocketSession(self.tracker))
        self.sockets[-1].accepted()

    def hang_up(self) -> None:
        """Close a WebSocket."""
        self.sockets.pop().ended(1000)

    def reset(self) -> None:
        """Start the counting of all anew."""
        self.tracker.reset()

    def look(self) -> dict[str, Any]:
        """Give what the model is compared with."""
        snapshot = self.tracker.snapshot()
        check_slots(snapshot)
        return summary(snapshot)


def summary(snapshot: Snapshot) -> dict[str, Any]:
    """Give the numbers of a snapshot that a plain dictionary can have too."""
    rows = snapshot.endpoints.values()
    first = floor(snapshot.monotonic) - 60
    return {
        "requests": Counter({(row.route, *key): count for row in rows for key, count in row.statuses.items()}),
        "timed": {row.route: row.histogram.count for row in rows if row.histogram.count},
        "seconds": sum(row.total for row in rows),
        "shortest": min((row.minimum for row in rows), default=float("inf")),
        "longest": max((row.maximum for row in rows), default=0.0),
        "slow": sum(row.slow for row in rows),
        "logged": len(snapshot.slow_requests),
        "rpm": sum(sum(part.outcomes) for second, part in snapshot.seconds.items() if second > first),
        "rpm of rows": sum(count for row in rows for second, count in row.seconds.items() if second > first),
        "in flight": snapshot.in_flight,
        "lost": snapshot.lost_in_flight,
        "sockets": (snapshot.websockets.open, snapshot.websockets.opened, dict(snapshot.websockets.close_codes)),
        "workers": snapshot.workers,
        "parts": sum(part.requests for part in snapshot.members),
        "warnings": sorted(snapshot.warnings),
    }


def hire(now: float) -> Child:
    """Start a worker."""

    def work(pipe: Connection) -> None:
        worker = Worker(now)
        pipe.send("ready")
        while True:
            command, *arguments = pipe.recv()
            pipe.send(getattr(worker, command)(*arguments))

    process = Child(work)
    assert process.answer() == "ready"
    return process
