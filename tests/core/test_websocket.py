"""WebSockets are counted apart, each event once, and enter no request number."""

from __future__ import annotations

from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker
from perftrack.memory import PrivateMemory
from perftrack.websocket import MAX_CLOSE_CODES, WebSocketSession
from tests.support import FakeClock


def test_a_connection_from_handshake_to_close(clock: FakeClock) -> None:
    """Opened, messages each way, close code and connection time are counted; requests are not."""
    tracker = PerformanceTracker(clock=clock)
    session = WebSocketSession(tracker)
    clock.tick(1.0)
    session.accepted()
    session.message_in()
    session.message_in()
    session.message_out()
    assert tracker.stats()["websockets"]["open"] == 1
    clock.tick(30.0)
    session.ended(1001)
    stats = tracker.stats()
    assert stats["websockets"] == {
        "opened": 1,
        "open": 0,
        "rejected": 0,
        "close_codes": {"1001": 1},
        "connection_time": 30.0,
        "messages_in": 2,
        "messages_out": 1,
    }
    assert (stats["total_requests"], stats["in_flight"], stats["endpoint_stats"]) == (0, 0, {})


@pytest.mark.parametrize("code", [None, 1000, 4403])
def test_an_end_before_the_accept_is_a_rejection(code: int | None) -> None:
    """A handshake that is closed, denied or fails counts as rejected, with no close code and no time."""
    tracker = PerformanceTracker(clock=FakeClock())
    WebSocketSession(tracker).ended(code)
    sockets = tracker.stats()["websockets"]
    assert (sockets["rejected"], sockets["opened"], sockets["open"], sockets["close_codes"]) == (1, 0, 0, {})


def test_an_end_without_a_code_is_none() -> None:
    """A connection that just breaks has a close code of its own."""
    tracker = PerformanceTracker(clock=FakeClock())
    session = WebSocketSession(tracker)
    session.accepted()
    session.ended()
    assert tracker.stats()["websockets"]["close_codes"] == {"none": 1}


@settings(max_examples=100, deadline=None, database=None)
@given(st.lists(st.sampled_from(["accepted", "ended", "message_in"]), min_size=1, max_size=12))
def test_nothing_is_counted_twice(events: list[str]) -> None:
    """However often the app and the server say it, there is one opening and one end."""
    tracker = PerformanceTracker(clock=FakeClock())
    session = WebSocketSession(tracker)
    for event in [*events, "ended"]:
        getattr(session, event)()
    sockets = tracker.stats()["websockets"]
    opened = "accepted" in events and ("ended" not in events or events.index("accepted") < events.index("ended"))
    if opened:
        assert (sockets["opened"], sockets["rejected"], sockets["close_codes"]) == (1, 0, {"none": 1})
    else:
        assert (sockets["opened"], sockets["rejected"], sockets["close_codes"]) == (0, 1, {})
    assert sockets["open"] == 0
    assert sockets["messages_in"] == events.count("message_in")


def test_a_failing_memory_reaches_no_connection(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No exception of perftrack leaves a session; the failures are counted."""

    def fail(*_: object) -> NoReturn:
        raise RuntimeError("no memory")

    for name in ("open_socket", "count_socket", "close_socket"):
        monkeypatch.setattr(PrivateMemory, name, fail)
    tracker = PerformanceTracker()
    session = WebSocketSession(tracker)
    session.accepted()
    session.message_in()
    session.message_out()
    session.ended(1000)
    assert tracker.stats()["warnings"] == ["perftrack failed 4 times; the log has the first failure"]
    assert len(caplog.records) == 1


def test_close_codes_are_bounded() -> None:
    """Clients choose close codes; past MAX_CLOSE_CODES of them, further ones share a row and none is lost."""
    tracker = PerformanceTracker()
    for code in range(3000, 3000 + MAX_CLOSE_CODES + 5):
        session = WebSocketSession(tracker)
        session.accepted()
        session.ended(code)
    codes = tracker.stats()["websockets"]["close_codes"]
    assert len(codes) == MAX_CLOSE_CODES + 1
    assert codes["other"] == 5
