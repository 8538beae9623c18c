"""One request: four readings, one outcome by the first rule that holds, recorded exactly once; no exception leaves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker
from perftrack.exchange import BACKGROUND_FLOOR, Exchange, begin
from perftrack.labels import UNMATCHED
from perftrack.memory import PrivateMemory
from tests.support import FakeClock

WAIT = 0.25


def begun(tracker: PerformanceTracker, status: int = 0, path: str = "/") -> Exchange:
    """Begin a request that has sent *status* already, 0 for nothing yet."""
    exchange = begin(Exchange, tracker, lambda _: "/route", {}, "GET", path)
    exchange.status = status
    return exchange


def play(events: list[str], status: int = 200) -> tuple[str, dict[str, int]]:
    """Give the outcome and the statuses of one request with these *events*; a return of the app ends it."""
    tracker = PerformanceTracker(clock=FakeClock())
    exchange = begun(tracker, status)
    for event in [*events, "returned"]:
        if event == "last_piece":
            exchange.last_piece = True
        else:
            getattr(exchange, event)()
    stats = tracker.stats()
    counted = [name for name, count in stats["outcomes"].items() if count]
    assert stats["in_flight"] == 0
    assert len(counted) == stats["total_requests"] == 1
    return counted[0], stats["endpoint_stats"]["GET /route"]["status"]


@pytest.mark.parametrize(
    ("events", "status", "outcome", "shown"),
    [
        (["piece", "last_piece", "complete"], 200, "ok", "200"),
        (["complete"], 304, "ok", "304"),
        (["complete"], 399, "ok", "399"),
        (["complete"], 400, "client_error", "400"),
        (["complete"], 499, "client_error", "499"),
        (["complete"], 500, "server_error", "500"),
        (["complete"], 599, "server_error", "599"),
        (["raised"], 0, "server_error", "500"),
        (["raised"], 200, "server_error", "200"),
        (["raised"], 404, "server_error", "404"),
        ([], 0, "server_error", "none"),
        ([], 200, "server_error", "200"),
        (["piece"], 404, "server_error", "404"),
        (["piece", "cut_short"], 200, "server_error", "200"),
        (["left"], 200, "client_left", "200"),
        (["left"], 500, "client_left", "500"),
        (["disconnected"], 0, "client_left", "none"),
        (["disconnected", "complete"], 200, "client_left", "200"),
        (["disconnected", "complete"], 503, "client_left", "503"),
        (["disconnected", "cut_short"], 200, "client_left", "200"),
        (["disconnected", "raised"], 200, "client_left", "200"),
        (["disconnected", "raised"], 0, "client_left", "none"),
        (["last_piece", "disconnected", "complete"], 200, "ok", "200"),
        (["last_piece", "disconnected", "raised"], 200, "server_error", "200"),
        (["last_piece", "left"], 200, "client_left", "200"),
        (["complete", "raised"], 200, "ok", "200"),
        (["complete", "left"], 200, "ok", "200"),
        (["complete", "disconnected", "cut_short"], 404, "client_error", "404"),
    ],
)
def test_the_first_rule_that_holds_decides(events: list[str], status: int, outcome: str, shown: str) -> None:
    """Outcome and status follow the table: a client that left, else a failure, else what the status says."""
    assert play(events, status) == (outcome, {shown: 1})


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.lists(st.sampled_from(["piece", "last_piece", "complete", "cut_short", "raised", "left", "disconnected"])),
    st.sampled_from([0, 200, 404, 500]),
)
def test_any_order_of_events_counts_exactly_once(events: list[str], status: int) -> None:
    """Whatever the protocol shows and how often, one request is counted, by its first end, and none stays in flight."""
    outcome, shown = play(events, status)
    ends = [event for event in events if event in ("complete", "cut_short", "raised", "left")]
    before = events[: events.index(ends[0])] if ends else events
    seen_leaving = before[: before.index("last_piece")] if "last_piece" in before else before
    if "disconnected" in seen_leaving or ends[:1] == ["left"]:
        assert outcome == "client_left"
    elif ends[:1] == ["complete"]:
        assert outcome == {0: "server_error", 200: "ok", 404: "client_error", 500: "server_error"}[status]
    else:
        assert outcome == "server_error"
    assert sum(shown.values()) == 1


def test_the_readings_run_from_arrival(clock: FakeClock) -> None:
    """First byte is just before the first piece, duration ends at the last byte, background at the return."""
    tracker = PerformanceTracker(clock=clock)
    exchange = begun(tracker, 200)
    clock.tick(WAIT)
    exchange.piece()
    clock.tick(1.0)
    exchange.piece()
    clock.tick(2.0)
    assert (tracker.stats()["in_flight"], tracker.stats()["oldest_in_flight_seconds"]) == (1, 3.25)
    exchange.complete()
    clock.tick(5.0)
    exchange.returned()
    stats = tracker.stats()
    assert stats["first_byte"] == {"count": 1, "avg": WAIT, "max": WAIT}
    assert (stats["duration"]["max"], stats["duration"]["count"]) == (3.25, 1)
    assert stats["background"] == {"count": 1, "avg": 5.0, "max": 5.0}
    slow = stats["recent_slow_queries"][0]
    assert (slow["duration"], slow["first_byte"], slow["endpoint"], slow["path"]) == (3.25, WAIT, "GET /route", "/")


@pytest.mark.parametrize(("later", "count"), [(0.0, 0), (BACKGROUND_FLOOR / 2, 0), (2 * BACKGROUND_FLOOR, 1)])
def test_the_way_home_is_no_background_work(clock: FakeClock, later: float, count: int) -> None:
    """Less than a millisecond between the last byte and the return is not counted as background."""
    tracker = PerformanceTracker(clock=clock)
    exchange = begun(tracker, 200)
    exchange.complete()
    clock.tick(later)
    exchange.returned()
    assert tracker.stats()["background"]["count"] == count


@pytest.mark.parametrize(("end", "outcome"), [("complete", "ok"), ("left", "client_left"), ("raised", "server_error")])
def test_an_event_stream_counts_but_enters_no_duration(clock: FakeClock, end: str, outcome: str) -> None:
    """A stream has an outcome and is in RPM, but not in durations, slow requests, apdex or the time share."""
    tracker = PerformanceTracker(clock=clock)
    exchange = begun(tracker, 200)
    exchange.stream = True
    clock.tick(30.0)
    stats = tracker.stats()
    assert (stats["streams"]["open"], stats["in_flight"], stats["oldest_in_flight_seconds"]) == (1, 1, None)
    getattr(exchange, end)()
    stats = tracker.stats()
    row = stats["endpoint_stats"]["GET /route"]
    assert stats["streams"] == {"open": 0, "finished": 1, "connection_time": 30.0}
    assert {name: count for name, count in stats["outcomes"].items() if count} == {outcome: 1}
    assert (stats["duration"]["count"], stats["slow_queries_count"], stats["requests_per_minute"]) == (0, 0, 1)
    assert (row["apdex"], row["avg_duration"], row["time_share"]) == (None, None, 0.0)


def test_a_client_that_left_enters_no_duration(clock: FakeClock) -> None:
    """How long an abandoned request lasted says nothing about the app."""
    tracker = PerformanceTracker(clock=clock)
    exchange = begun(tracker, 200)
    clock.tick(30.0)
    exchange.left()
    stats = tracker.stats()
    assert (stats["duration"]["count"], stats["slow_queries_count"], stats["error_rate"]) == (0, 0, 0.0)
    assert stats["streams"]["finished"] == 0


def names(tracker: PerformanceTracker) -> set[str]:
    """List the rows."""
    return set(tracker.stats()["endpoint_stats"])


def test_a_path_guessed_by_a_stranger_takes_no_row() -> None:
    """Without a label a path first seen with a 404 is unmatched; one that was served before keeps its row."""
    tracker = PerformanceTracker()

    def serve(path: str, status: int) -> None:
        exchange = begin(Exchange, tracker, None, {}, "GET", path)
        exchange.status = status
        exchange.complete()

    serve("/wp-login.php", 404)
    assert names(tracker) == {f"GET {UNMATCHED}"}
    serve("/users/1", 200)
    serve("/users/999", 404)
    assert names(tracker) == {f"GET {UNMATCHED}", "GET /users/{id}"}
    assert tracker.stats()["endpoint_stats"]["GET /users/{id}"]["status"] == {"200": 1, "404": 1}


def test_a_label_of_none_is_unmatched() -> None:
    """A label that finds no route puts the request into the row of its method."""
    tracker = PerformanceTracker()
    begin(Exchange, tracker, lambda _: None, {}, "POST", "/x").complete()
    assert names(tracker) == {f"POST {UNMATCHED}"}


def test_a_label_reads_the_source_after_the_call() -> None:
    """The route that the framework leaves in the scope while it serves is the one that counts."""
    tracker, scope = PerformanceTracker(), dict[str, Any]()
    exchange = begin(Exchange, tracker, lambda source: source.get("route"), scope, "GET", "/users/7")
    scope["route"] = "/users/{user}"
    exchange.complete()
    assert names(tracker) == {"GET /users/{user}"}


def broken_label(_: Mapping[str, Any]) -> NoReturn:
    """Fail."""
    raise LookupError("no route")


@pytest.mark.parametrize("end", ["complete", "cut_short", "raised", "left", "returned"])
def test_a_label_that_raises_falls_back_to_the_path(end: str, caplog: pytest.LogCaptureFixture) -> None:
    """The request is counted under its folded path, nothing is raised, the failure is logged and shown."""
    tracker = PerformanceTracker()
    exchange = begin(Exchange, tracker, broken_label, {}, "GET", "/users/7")
    getattr(exchange, end)()
    stats = tracker.stats()
    assert names(tracker) == {"GET /users/{id}"}
    assert stats["warnings"] == ["perftrack failed 1 times; the log has the first failure"]
    assert stats["in_flight"] == 0
    assert len(caplog.records) == 1


@pytest.mark.parametrize("end", ["complete", "cut_short", "raised", "left", "returned"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_failing_memory_reaches_no_request(
    end: str, stream: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When counting itself fails, no exception leaves, nothing stays in flight, and a warning says so."""

    def fail(*_: object) -> NoReturn:
        raise RuntimeError("no memory")

    for name in ("add", "add_closely", "add_untimed", "add_background"):
        monkeypatch.setattr(PrivateMemory, name, fail)
    clock = FakeClock()
    tracker = PerformanceTracker(clock=clock)
    for _ in range(3):
        exchange = begun(tracker, 200)
        exchange.stream = stream
        getattr(exchange, end)()
        exchange.returned()
    stats = tracker.stats()
    assert (stats["total_requests"], stats["in_flight"]) == (0, 0)
    assert stats["warnings"] == ["perftrack failed 3 times; the log has the first failure"]
    assert len(caplog.records) == 1
    clock.tick(10.0)
    begun(tracker)
    assert tracker.series()["slots"][-1]["in_flight_peak"] == 1


def test_a_client_that_left_has_no_background(clock: FakeClock) -> None:
    """Background work begins at the last byte; where the client left before it, there is none."""
    tracker = PerformanceTracker(clock=clock)
    exchange = begun(tracker, 200)
    exchange.left()
    clock.tick(WAIT)
    exchange.returned()
    assert tracker.stats()["background"]["count"] == 0


def test_a_label_that_gives_no_text_is_a_failure(clock: FakeClock) -> None:
    """A label that gives something else than text or None costs the request its name, and no other request anything."""
    tracker = PerformanceTracker(clock=clock)
    exchange = begin(Exchange, tracker, lambda _: 7, {}, "GET", "/items/7")  # type: ignore[arg-type, return-value] # the fault
    exchange.status = 200
    exchange.complete()
    stats = tracker.stats()
    assert list(stats["endpoint_stats"]) == ["GET /items/{id}"]
    assert stats["warnings"] == ["perftrack failed 1 times; the log has the first failure"]


@pytest.mark.parametrize("memory", ["private", "shared"])
def test_what_is_special_stays_so_on_a_known_endpoint(
    memory: str, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint that has counted plain requests still takes no duration of a stream or of a client that left."""
    monkeypatch.setenv("PERFTRACK_DIR", str(tmp_path))
    tracker = PerformanceTracker(clock=clock, memory=memory, group="special")
    for stream, end in ((False, "complete"), (True, "complete"), (False, "left"), (False, "cut_short")):
        exchange = begin(Exchange, tracker, lambda _: "/route", {}, "GET", "/route")
        exchange.status, exchange.stream = 200, stream
        clock.tick(0.125)
        getattr(exchange, end)()
    stats = tracker.stats()
    assert stats["outcomes"] == {"ok": 2, "client_error": 0, "server_error": 1, "client_left": 1}
    assert (stats["duration"]["count"], stats["streams"]["finished"]) == (2, 1)
    assert len(tracker.memory.live) == 0
    tracker.memory.forget()


@pytest.mark.parametrize("memory", ["private", "shared"])
def test_a_failure_on_a_known_endpoint_reaches_nobody(
    memory: str, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request that meets it is noted as a failure and in flight no more; the next one is counted."""
    monkeypatch.setenv("PERFTRACK_DIR", str(tmp_path))
    tracker = PerformanceTracker(clock=clock, memory=memory, group="failing")

    def fail(*_: object) -> NoReturn:
        raise RuntimeError("a bug in perftrack")

    def serve() -> None:
        exchange = begun(tracker, status=200)
        clock.tick(1.0)  # so that its endpoint enters a second, which can fail
        exchange.complete()
        exchange.returned()

    serve()
    with monkeypatch.context() as patch:
        patch.setattr(type(tracker.memory), "_move_on", fail)
        serve()
    serve()
    stats = tracker.stats()
    assert (stats["total_requests"], stats["in_flight"], stats["background"]["count"]) == (2, 0, 0)
    assert stats["warnings"] == ["perftrack failed 1 times; the log has the first failure"]
    assert len(tracker.memory.live) == 0
    tracker.memory.forget()
