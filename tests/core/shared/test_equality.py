"""Shared memory tells what private memory tells, for one worker and for several."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker
from perftrack.exchange import Exchange, begin
from perftrack.labels import UNMATCHED
from perftrack.websocket import WebSocketSession
from tests.core.shared.support import member, private
from tests.support import FakeClock

SETTINGS: dict[str, Any] = {"max_slow_queries": 1000, "max_endpoints": 6}
TRACKER_OF_ITS_OWN = ("scope", "workers", "cache_status")


class Twins:
    """Two crowds of trackers with one clock, to which the same is done: *alone* all in one, *shared* by turns."""

    def __init__(self, members: int, start: float) -> None:
        self.clock = FakeClock(start)
        self.alone = private(self.clock, **SETTINGS)
        self.members = [member(self.clock, **SETTINGS) for _ in range(members)]
        self.open: list[tuple[Exchange, Exchange]] = []
        self.sockets: list[tuple[WebSocketSession, WebSocketSession]] = []

    def pair(self, turn: int) -> tuple[PerformanceTracker, PerformanceTracker]:
        """Give the one and the one of the others whose turn it is."""
        return self.alone, self.members[turn % len(self.members)]

    def check(self) -> None:
        """Compare what all of them tell."""
        expected = told(self.alone, len(self.members))
        for tracker in self.members:
            assert list(differences(told(tracker, len(self.members)), expected)) == []


def told(tracker: PerformanceTracker, members: int) -> dict[str, Any]:
    """Give all that *tracker* tells, but for what tells the memories apart."""
    answers: dict[str, Any] = {
        "stats": tracker.stats(),
        "health": tracker.health(),
        "series": tracker.series(),
        "slow": tracker.slow_queries(),
    }
    for answer in (answers["stats"], answers["health"]):
        for name in TRACKER_OF_ITS_OWN:
            answer.pop(name, None)
    for slot in answers["series"]["slots"]:
        # The sum of the peaks of several is an upper bound; without a finish, a slot may not be seen at all.
        if members > 1 or not slot["requests"]:
            del slot["in_flight_peak"]
    return answers


def differences(found: Any, expected: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Name what differs, which is little in answers of thousands of numbers."""
    ours, theirs = parts(found), parts(expected)
    if ours is not None and theirs is not None and ours.keys() == theirs.keys():
        for key, value in ours.items():
            yield from differences(value, theirs[key], f"{where}.{key}")
    elif found != expected:
        yield where, found, expected


def parts(value: Any) -> dict[Any, Any] | None:
    """Give the parts of a list or a mapping by their places."""
    if isinstance(value, list):
        return dict[Any, Any](enumerate(value))  # pyright: ignore[reportUnknownArgumentType] - of anything
    return dict[Any, Any](value) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownArgumentType] - same


Step = Callable[[Twins], None]


def silence(seconds: float) -> Step:
    """Let time pass."""
    return lambda twins: twins.clock.tick(seconds)


def burst(turn: int, method: str, route: str, status: int, seconds: float, count: int) -> Step:
    """Record *count* requests at one moment."""

    def run(twins: Twins) -> None:
        for number in range(count):
            for tracker in twins.pair(turn + number):
                tracker.record(method, route, status, seconds * (1 + number % 4))

    return run


def arrive(turn: int, route: str | None, status: int, stream: bool) -> Step:
    """Let a request arrive."""

    def run(twins: Twins) -> None:
        pair = [begin(Exchange, tracker, lambda _: route, {}, "GET", "/sent") for tracker in twins.pair(turn)]
        for exchange in pair:
            exchange.status = status
            if stream:
                exchange.stream = True
                exchange.tracker.memory.show_stream(exchange)
        twins.open.append((pair[0], pair[1]))

    return run


def end(which: int, ending: str, piece: float | None, background: float) -> Step:
    """Let a request in flight end, with a first byte before and work afterwards, if there is one."""

    def run(twins: Twins) -> None:
        if not twins.open:
            return
        pair = twins.open.pop(which % len(twins.open))
        if piece is not None:
            for exchange in pair:
                exchange.piece()
            twins.clock.tick(piece)
        for exchange in pair:
            getattr(exchange, ending)()
        twins.clock.tick(background)
        for exchange in pair:
            exchange.returned()

    return run


def aside(turn: int, seconds: float) -> Step:
    """Count a wait at the proxy and a file that was timed to the app's return only."""

    def run(twins: Twins) -> None:
        for tracker in twins.pair(turn):
            tracker.memory.add_queue(seconds)

    return run


def socket(turn: int, messages: int) -> Step:
    """Open a WebSocket, or have it rejected, with some messages."""

    def run(twins: Twins) -> None:
        pair = [WebSocketSession(tracker) for tracker in twins.pair(turn)]
        for session in pair:
            if messages:
                session.accepted()
            for number in range(messages):
                (session.message_in, session.message_out)[number % 2]()
            if not messages:
                session.ended()
        if messages:
            twins.sockets.append((pair[0], pair[1]))

    return run


def hang_up(which: int, code: int | None) -> Step:
    """Close a WebSocket."""

    def run(twins: Twins) -> None:
        for session in twins.sockets.pop(which % len(twins.sockets)) if twins.sockets else ():
            session.ended(code)

    return run


def reset(twins: Twins) -> None:
    """Start the counting anew, in whichever member."""
    for tracker in twins.pair(len(twins.open)):
        tracker.reset()


def thresholds(seconds: float) -> Step:
    """Change what is slow."""

    def run(twins: Twins) -> None:
        for tracker in (twins.alone, *twins.members):
            tracker.slow_query_threshold = seconds

    return run


# Sums of these are exact in whatever order they are added.
SECONDS = st.sampled_from([0.0, 1 / 1024, 1 / 64, 0.25, 0.5, 0.5009765625, 1.0, 1.0009765625, 2.0, 2.5, 40.0])
TURNS = st.integers(0, 5)
ROUTES = st.sampled_from(["/a", "/b/{id}", "/é", UNMATCHED])
FEW_ROUTES = ROUTES | st.sampled_from([f"/{number}" for number in range(6)])
STATUSES = st.sampled_from([200, 200, 200, 204, 301, 404, 500, 503])
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(silence, st.sampled_from([0.125, 0.25, 0.75, 1.0, 2.0, 5.0, 9.75, 10.0, 30.0])),
    st.builds(silence, st.sampled_from([58.0, 59.0, 59.75, 60.0, 61.0, 290.0, 300.0, 3590.0, 3600.0, 4000.0])),
    st.builds(
        burst,
        TURNS,
        st.sampled_from(["GET", "POST", "BREW"]),
        FEW_ROUTES,
        STATUSES,
        SECONDS,
        st.sampled_from([1, 2, 3, 63, 64, 65, 200]),
    ),
    st.builds(arrive, TURNS, ROUTES | st.none(), STATUSES | st.just(0), st.sampled_from([False, False, True])),
    st.builds(
        end,
        TURNS,
        st.sampled_from(["complete", "complete", "cut_short", "raised", "left"]),
        st.none() | st.sampled_from([0.0, 0.25, 1.5]),
        st.sampled_from([0.0, 0.5]),
    ),
    st.builds(aside, TURNS, SECONDS),
    st.builds(socket, TURNS, st.integers(0, 3)),
    st.builds(hang_up, TURNS, st.sampled_from([None, 1000, 1001, 1011])),
    st.builds(thresholds, st.sampled_from([0.25, 1.0])),
    st.sampled_from([Twins.check, Twins.check, reset]),
)


@contextmanager
def directory_of_its_own() -> Any:
    """Keep the files of one example apart from those of the next."""
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(mock.patch.dict(os.environ, PERFTRACK_DIR=place))
        yield


@pytest.mark.parametrize("members", [1, 2, 3])
@settings(max_examples=25, deadline=None, database=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=30), start=st.sampled_from([1000.0, 9.5, 86_399.25]))
def test_members_tell_together_what_private_memory_tells(members: int, steps: list[Step], start: float) -> None:
    """Whatever is counted, in whichever member, all of them tell what one process would that had counted it all."""
    with directory_of_its_own():
        twins = Twins(members, start)
        for step in steps:
            step(twins)
        twins.check()
        for tracker in twins.members:
            tracker.memory.forget()
