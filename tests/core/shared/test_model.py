"""Whatever the workers of a group do, and whoever dies: a plain dictionary says what all of them must show."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import floor
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from perftrack.outcomes import OUTCOME_NAMES, outcome_of
from tests.core.shared.crew import MAX_ENDPOINTS, Worker, hire, summary
from tests.core.shared.support import Child
from tests.core.shared.test_equality import directory_of_its_own

CLIENT_LEFT = OUTCOME_NAMES.index("client_left")
LOG_LENGTH = 50


@dataclass
class Request:
    """One finished request."""

    worker: int
    route: str
    outcome: int
    status: int
    seconds: float | None
    second: int


@dataclass
class Life:
    """What the model knows of one worker."""

    process: Child
    seen: bool = False
    """It has finished a request once."""
    current: bool = True
    """It has done something since the last reset: only then is it known to have died after it."""
    arrivals: list[float] = field(default_factory=list[float])
    sockets: int = 0


@dataclass
class Model:
    """The dictionary."""

    requests: list[Request] = field(default_factory=list[Request])
    lost: int = 0
    opened: int = 0
    closed: int = 0

    def summary(self, now: float, alive: dict[int, Life]) -> dict[str, Any]:
        """Give the numbers as `crew.summary` does."""
        timed = [request for request in self.requests if request.seconds is not None]
        durations = [request.seconds or 0.0 for request in timed]
        slow = sum(duration > 1.0 for duration in durations)
        recent = sum(request.second > floor(now) - 60 for request in self.requests)
        return {
            "requests": Counter((request.route, request.outcome, request.status) for request in self.requests),
            "timed": dict(Counter(request.route for request in timed)),
            "seconds": sum(durations),
            "shortest": min(durations, default=float("inf")),
            "longest": max(durations, default=0.0),
            "slow": slow,
            "logged": min(slow, LOG_LENGTH),
            "rpm": recent,
            "rpm of rows": recent,
            "in flight": sum(len(life.arrivals) for life in alive.values()),
            "lost": self.lost,
            "sockets": (
                sum(life.sockets for life in alive.values()),
                self.opened,
                {"1000": self.closed} if self.closed else {},
            ),
            "workers": sum(life.seen or bool(life.arrivals) for life in alive.values()),
            "parts": sum(request.worker in alive for request in self.requests),
            "warnings": [],
        }


WORKERS = st.integers(0, 3)


class Group(RuleBasedStateMachine):
    """Workers come, count, are killed and reset each other; a member of this process looks after each step."""

    @initialize()
    def found(self) -> None:
        """Start with two workers."""
        self.stack = ExitStack()
        self.stack.enter_context(directory_of_its_own())
        self.now, self.model, self.alive, self.hired = 1000.0, Model(), dict[int, Life](), 0
        self.here = Worker(self.now)
        self.stack.callback(self.here.tracker.memory.forget)
        self.hire()
        self.hire()

    def one(self, turn: int) -> tuple[int, Life]:
        """Choose a living worker."""
        return sorted(self.alive.items())[turn % len(self.alive)]

    def note(self, number: int, route: str, outcome: int, status: int, seconds: float | None) -> None:
        """Remember a request of worker *number*."""
        self.model.requests.append(Request(number, route, outcome, status, seconds, floor(self.now)))
        self.alive[number].seen = self.alive[number].current = True

    @precondition(lambda self: len(self.alive) < 4)
    @rule()
    def hire(self) -> None:
        """Start a worker, who folds the dead that nobody has seen yet."""
        self.alive[self.hired] = Life(hire(self.now))
        self.stack.callback(self.alive[self.hired].process.close)
        self.hired += 1

    @precondition(lambda self: len(self.alive) > 1)
    @rule(turn=WORKERS)
    def kill(self, turn: int) -> None:
        """Kill a worker, with what it has in flight."""
        number, life = self.one(turn)
        life.process.kill()
        del self.alive[number]
        self.model.lost += len(life.arrivals) if life.current else 0

    @rule(
        turn=WORKERS,
        route=st.sampled_from(["/a", "/b", "/c"]),
        status=st.sampled_from([200, 200, 404, 500]),
        seconds=st.sampled_from([0.0, 0.015625, 0.5, 1.5, 4.0]),
        count=st.sampled_from([1, 2, 63, 64, 65, 300]),
    )
    def record(self, turn: int, route: str, status: int, seconds: float, count: int) -> None:
        """Record some requests, fast or slow, good or bad."""
        number, life = self.one(turn)
        life.process.ask(("record", route, status, seconds, count))
        for _ in range(count):
            self.note(number, route, outcome_of(status), status, seconds)

    @rule(turn=WORKERS, count=st.sampled_from([20, MAX_ENDPOINTS - 4]))
    def grow(self, turn: int, count: int) -> None:
        """Meet new endpoints, for which the segment must grow."""
        number, life = self.one(turn)
        life.process.ask(("grow", count))
        for route in range(count):
            self.note(number, f"/{route}", 0, 200, 0.25)

    @rule(turn=WORKERS)
    def leave(self, turn: int) -> None:
        """Let a client leave."""
        number, life = self.one(turn)
        life.process.ask(("untimed", "/a"))
        self.note(number, "/a", CLIENT_LEFT, 200, None)

    @rule(turn=WORKERS)
    def begin(self, turn: int) -> None:
        """Let a request arrive."""
        _, life = self.one(turn)
        life.process.ask(("begin",))
        life.arrivals.append(self.now)

    @rule(turn=WORKERS)
    def end(self, turn: int) -> None:
        """Let a request in flight end."""
        number, life = self.one(turn)
        if life.arrivals:
            assert life.process.ask(("end",)) == self.now - life.arrivals[0]
            self.note(number, "/flight", 0, 200, self.now - life.arrivals.pop(0))

    @rule(turn=WORKERS)
    def connect(self, turn: int) -> None:
        """Open a WebSocket."""
        _, life = self.one(turn)
        life.process.ask(("open",))
        life.sockets, life.current = life.sockets + 1, True
        self.model.opened += 1

    @rule(turn=WORKERS)
    def hang_up(self, turn: int) -> None:
        """Close a WebSocket."""
        _, life = self.one(turn)
        if life.sockets:
            life.process.ask(("hang_up",))
            life.sockets, life.current = life.sockets - 1, True
            self.model.closed += 1

    @rule(seconds=st.sampled_from([0.125, 0.5, 1.0, 7.0, 10.0, 59.0, 61.0, 300.0]))
    def tick(self, seconds: float) -> None:
        """Let time pass for all; the last hour stays the last hour."""
        if self.now + seconds > 4000.0:
            return
        self.now += seconds
        self.here.tick(seconds)
        for life in self.alive.values():
            life.process.ask(("tick", seconds))

    @rule(turn=WORKERS)
    def reset(self, turn: int) -> None:
        """Start the counting anew, in whichever worker."""
        self.one(turn)[1].process.ask(("reset",))
        self.model = Model()
        for life in self.alive.values():
            life.current = False

    @rule()
    def look_all(self) -> None:
        """Let all workers look at once, and perhaps fold the same dead."""
        for life in self.alive.values():
            life.process.pipe.send(("look",))
        for life in self.alive.values():
            life.current = True
            self.check(life.process.answer())

    @invariant()
    def look(self) -> None:
        """Look without telling anybody."""
        if hasattr(self, "model"):
            self.check(summary(self.here.tracker.snapshot()))

    def check(self, found: dict[str, Any]) -> None:
        """Compare a summary with the dictionary, number by number."""
        expected = self.model.summary(self.now, self.alive)
        assert {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]} == {}

    def teardown(self) -> None:
        """Leave no process behind."""
        if hasattr(self, "stack"):
            self.stack.close()


TestGroup = Group.TestCase
TestGroup.settings = settings(max_examples=20, stateful_step_count=30, deadline=None, database=None)
