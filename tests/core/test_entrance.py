"""Where a request enters: past perftrack, to the admin pages, or into an exchange; nothing is raised into it."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from perftrack import AllowAll, PerformanceTracker, SettingError
from perftrack.admin import AdminRequest
from perftrack.entrance import Entrance
from perftrack.exchange import Exchange
from perftrack.labels import MAX_TEXT, UNMATCHED, FoldedPaths
from tests.support import FakeClock

WALL = 1_768_473_000.0


def entrance_of(tracker: PerformanceTracker | None = None, **settings: Any) -> Entrance:
    """Make an entrance with open admin pages."""
    tracker = tracker or PerformanceTracker(clock=FakeClock(), wall=lambda: WALL, **settings)
    return Entrance(tracker, AllowAll(), None, None, {})


@pytest.mark.parametrize("path", ["/health", "/healthz", "/livez", "/readyz", "/ping", "/favicon.ico"])
def test_probes_are_not_counted(path: str) -> None:
    """The default paths of probes pass, for requests and for WebSockets, and only they."""
    entrance = entrance_of()
    assert entrance.exchange(Exchange, {}, "GET", path) is None
    assert entrance.session(path) is None
    assert entrance.exchange(Exchange, {}, "GET", path + "/more") is not None
    assert entrance.session(path + "/more") is not None


def test_other_paths_can_be_skipped() -> None:
    """`skip` replaces the list."""
    entrance = entrance_of(skip=("/up",))
    assert entrance.exchange(Exchange, {}, "GET", "/up") is None
    assert entrance.exchange(Exchange, {}, "GET", "/health") is not None


def test_an_exchange_counts_into_the_tracker() -> None:
    """What the entrance began is in flight, and is counted when it completes."""
    entrance = entrance_of()
    exchange = entrance.exchange(Exchange, {}, "GET", "/users/7")
    assert exchange is not None
    assert entrance.tracker.stats()["in_flight"] == 1
    exchange.status = 200
    exchange.complete()
    assert list(entrance.tracker.stats()["endpoint_stats"]) == ["GET /users/{id}"]


def test_paths_that_need_no_check_are_known() -> None:
    """A path is known once its route is, or at once where a label tells it; not where a header is read first."""
    plain, queued = entrance_of(), entrance_of(trust_queue_header=True)
    labelled = Entrance(PerformanceTracker(), AllowAll(), None, lambda _: "/users/{name}", {})
    for entrance in (plain, queued, labelled):
        for _ in range(2):
            exchange = entrance.exchange(Exchange, {}, "GET", "/users/7")
            assert exchange is not None
            exchange.status = 200
            exchange.complete()
    assert plain.known == {"/users/7": "/users/{id}"}
    assert labelled.known == {"/users/7": None}
    assert queued.known == {}


@pytest.mark.parametrize("path", ["/caf\N{LATIN SMALL LETTER E WITH ACUTE}", "/" + "x" * MAX_TEXT])
def test_paths_that_are_not_known(path: str) -> None:
    """Letters beyond ASCII have two forms in WSGI, and long paths would take memory."""
    entrance = Entrance(PerformanceTracker(), AllowAll(), None, lambda _: "/", {})
    assert entrance.exchange(Exchange, {}, "GET", path) is not None
    assert entrance.known == {}


def test_known_paths_are_those_of_one_entrance() -> None:
    """A path that one app has as its own may be an admin page of another with the same tracker."""
    tracker = PerformanceTracker()
    own, other = entrance_of(tracker), Entrance(tracker, AllowAll(), "/ops", None, {})
    for _ in range(2):
        exchange = own.exchange(Exchange, {}, "GET", "/ops/stats")
        assert exchange is not None
        exchange.status = 200
        exchange.complete()
    assert "/ops/stats" in own.known
    assert other.known == {}


def test_known_paths_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many paths are asked for, only so many are known."""
    monkeypatch.setattr(FoldedPaths, "LIMIT", 4)
    entrance = entrance_of()
    for number in range(10):
        for _ in range(2):
            exchange = entrance.exchange(Exchange, {}, "GET", f"/page-{number}")
            assert exchange is not None
            exchange.status = 200
            exchange.complete()
        assert len(entrance.known) <= 4


def test_admin_pages_are_counted_only_on_demand() -> None:
    """By default an admin request is no exchange; with `track_admin` it has a row, unknown pages the unmatched one."""
    assert entrance_of().admin_exchange(Exchange, {}, "GET", "/stats") is None
    entrance = entrance_of(track_admin=True)
    for rest in ("/stats", "/guessed"):
        exchange = entrance.admin_exchange(Exchange, {}, "GET", rest)
        assert exchange is not None
        exchange.status = 200
        exchange.complete()
    assert set(entrance.tracker.stats()["endpoint_stats"]) == {"GET /admin/performance/stats", f"GET {UNMATCHED}"}


def test_the_admin_prefix_is_taken_off() -> None:
    """The part below the prefix is told, and a path that only begins alike is the app's own."""
    entrance = entrance_of(admin_prefix="/ops")
    assert [entrance.admin_rest(path) for path in ("/ops", "/ops/stats", "/opsx", "/", "/x/ops")] == [
        "",
        "/stats",
        None,
        None,
        None,
    ]
    assert entrance.answer(AdminRequest("GET", "/stats")).status == 200


@pytest.mark.parametrize(
    ("header", "count"), [(f"t={WALL - 0.25}", 1), (f"t={WALL + 60}", 1), ("soon", 0), ("", 0), (None, 0)]
)
def test_time_in_the_queue_is_counted(header: str | None, count: int) -> None:
    """A readable header counts, never below 0; one that is missing or no time is passed over without a warning."""
    entrance = entrance_of()
    entrance.queued(lambda: header)
    stats = entrance.tracker.stats()
    assert (stats["queue"]["count"], stats["warnings"]) == (count, [])
    assert stats["queue"]["max"] in (None, 0.0, 0.25)


def broken() -> NoReturn:
    """Fail, as a clock or a header that nobody expected."""
    raise RuntimeError("broken")


def test_a_broken_header_reaches_no_request(caplog: pytest.LogCaptureFixture) -> None:
    """When reading the header fails, a warning is all that happens."""
    entrance = entrance_of()
    entrance.queued(broken)
    assert entrance.tracker.stats()["warnings"] == ["perftrack failed 1 times; the log has the first failure"]
    assert len(caplog.records) == 1


def test_a_broken_clock_reaches_no_request(caplog: pytest.LogCaptureFixture) -> None:
    """When a request cannot be measured it is served unmeasured, and the failure is counted."""
    tracker = PerformanceTracker(track_admin=True)
    tracker.clock = broken
    entrance = entrance_of(tracker)
    assert entrance.exchange(Exchange, {}, "GET", "/") is None
    assert entrance.admin_exchange(Exchange, {}, "GET", "/stats") is None
    assert tracker.stats()["warnings"] == ["perftrack failed 2 times; the log has the first failure"]
    assert tracker.stats()["in_flight"] == 0
    assert len(caplog.records) == 1


def test_a_tracker_and_settings_exclude_each_other() -> None:
    """Settings beside a tracker, which has its own, are refused by name."""
    message = "tracker= has settings of its own: give errors, max_slow_queries to the tracker"
    with pytest.raises(SettingError, match=message):
        Entrance(PerformanceTracker(), None, None, None, {"errors": "all", "max_slow_queries": 5})
