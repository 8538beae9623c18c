"""Any sequence of requests, silences, resets and looks gives the numbers of a brute-force oracle."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.labels import UNMATCHED
from perftrack.outcomes import OUTCOME_NAMES, outcome_of
from tests.core.oracle import Oracle, Request
from tests.support import FakeClock

LOG_LENGTH = 5


class World:
    """A tracker under test and the list of what really happened since the last reset."""

    def __init__(self, errors: str, window: int | None, start: float) -> None:
        self.clock = FakeClock(start)
        self.tracker = PerformanceTracker(
            clock=self.clock,
            wall=lambda: self.clock() + 1_768_473_000.0,
            errors=errors,
            health_window=window,
            max_slow_queries=LOG_LENGTH,
        )
        self.errors = errors
        self.requests: list[Request] = []

    def note(self, endpoint: str, status: int, outcome: str, readings: tuple[float | None, float | None]) -> None:
        """Remember a request."""
        self.requests.append(Request(endpoint, status, outcome, *readings, self.clock()))

    def check(self) -> None:
        """Compare everything the tracker tells with the oracle."""
        oracle = Oracle(self.requests, self.clock(), self.errors)
        stats = self.tracker.stats()
        oracle.check_stats(stats)
        oracle.check_health(self.tracker.health())
        oracle.check_series(self.tracker.series())
        assert (stats["in_flight"], stats["oldest_in_flight_seconds"]) == (0, None)
        logged = stats["recent_slow_queries"]
        found = [(query["endpoint"], query["duration"], query["outcome"], query["first_byte"]) for query in logged]
        assert sorted(found, key=repr) == sorted(self.slow_log(), key=repr)
        assert [query["timestamp"] for query in logged] == sorted((q["timestamp"] for q in logged), reverse=True)

    def slow_log(self) -> deque[tuple[str, float, str, float | None]]:
        """Give the last slow requests."""
        slow = (request for request in self.requests if request.duration is not None and request.duration > 1.0)
        return deque(((r.endpoint, r.duration or 0.0, r.outcome, r.first_byte) for r in slow), maxlen=LOG_LENGTH)


Step = Callable[[World], None]


def silence(seconds: float) -> Step:
    """Let time pass."""
    return lambda world: world.clock.tick(seconds)


def reset(world: World) -> None:
    """Start the counting anew."""
    world.tracker.reset()
    world.requests.clear()


def burst(method: str, route: str, status: int, seconds: float, count: int) -> Step:
    """Record *count* requests at one moment, each a little longer than the one before."""

    def run(world: World) -> None:
        for number in range(count):
            duration = seconds * (1 + number / 7)
            world.tracker.record(method, route, status, duration)
            world.note(f"{method} {route}", status, OUTCOME_NAMES[outcome_of(status)], (duration, None))

    return run


def exchange(
    method: str, route: str | None, status: int, ending: str, stream: bool, waits: tuple[float, float]
) -> Step:
    """Serve a request: *waits* are the seconds to its first byte and from there to its end."""

    def run(world: World) -> None:
        request = begin(Exchange, world.tracker, lambda _: route, {}, method, "/sent")
        arrival = world.clock()
        request.status = status
        request.stream = stream
        world.clock.tick(waits[0])
        request.piece()
        first_byte = world.clock() - arrival
        world.clock.tick(waits[1])
        getattr(request, ending)()
        sent = 500 if ending == "raised" and status == 0 else status
        outcome = {"left": "client_left", "complete": OUTCOME_NAMES[outcome_of(status)]}.get(ending, "server_error")
        duration = None if stream or ending == "left" else world.clock() - arrival
        world.note(f"{method} {route or UNMATCHED}", sent, outcome, (duration, first_byte))

    return run


SECONDS = st.sampled_from(
    [0.0, 1e-7, 0.0009765625, 0.06, 0.3, 0.5, 0.500001, 1.0, 1.000001, 2.0, 2.000001, 7.3, 40.0]
) | st.floats(1e-6, 3.0)
WAITS = st.sampled_from([0.0, 0.001, 0.25, 0.5, 0.75, 1.0, 1.5, 9.0])
SHORT_GAPS = st.sampled_from([0.1, 0.25, 0.75, 1.0, 2.0, 5.0, 9.75, 10.0, 30.0])
LONG_GAPS = st.sampled_from([58.0, 59.0, 59.75, 60.0, 61.0, 290.0, 300.0, 3590.0, 3600.0, 4000.0])
METHODS = st.sampled_from(["GET", "POST", "HEAD"])
ROUTES = st.sampled_from(["/a", "/b/{id}", UNMATCHED])
STATUSES = st.sampled_from([200, 200, 200, 204, 301, 404, 422, 500, 503])
ENDINGS = st.sampled_from(["complete", "complete", "cut_short", "raised", "left"])


def look(world: World) -> None:
    """Read in the midst of it all: what was read is right, and reading changes nothing."""
    world.check()


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(silence, SHORT_GAPS | LONG_GAPS),
    st.builds(burst, METHODS, ROUTES, STATUSES, SECONDS, st.sampled_from([1, 2, 5, 63, 64, 65, 300])),
    st.builds(burst, METHODS, ROUTES, STATUSES, SECONDS, st.integers(1, 3)),
    st.builds(
        exchange,
        METHODS,
        ROUTES | st.none(),
        STATUSES | st.just(0),
        ENDINGS,
        st.sampled_from([False, False, True]),
        st.tuples(WAITS, WAITS),
    ),
    st.sampled_from([look, look, reset]),
)


@settings(max_examples=200, deadline=None, database=None)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=40),
    errors=st.sampled_from(["all", "server"]),
    window=st.sampled_from([10, 60, 300, 3600, None]),
    start=st.sampled_from([0.0, 9.5, 1000.0, 86_399.25, 2.0**31 - 30]),
)
def test_all_numbers_are_those_of_a_brute_force_oracle(
    steps: list[Step], errors: str, window: int | None, start: float
) -> None:
    """Totals, outcomes, windows, percentiles, health, series and slow log follow from the list of requests."""
    world = World(errors, window, start)
    for step in steps:
        step(world)
    world.check()


@settings(max_examples=25, deadline=None, database=None)
@given(
    ticks=st.lists(st.sampled_from([0.0, 0.0, 0.01, 0.1, 0.5, 1.0, 59.5]), min_size=100, max_size=300),
    data=st.randoms(use_true_random=False),
)
def test_a_long_run_of_single_requests_stays_exact(ticks: list[float], data: Any) -> None:
    """Hundreds of requests, one by one over many rows, cells and seconds, lose and shift nothing."""
    world = World("all", 60, 1000.0)
    for tick in ticks:
        world.clock.tick(tick)
        method, route = data.choice(["GET", "POST"]), data.choice(["/a", "/b", "/c"])
        burst(method, route, data.choice([200, 404, 500]), data.choice([0.01, 0.7, 1.5]), 1)(world)
    world.check()
