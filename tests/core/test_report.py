"""What the answers say: orders, cuts, rounding, and null where there is no sample."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perftrack import PerformanceTracker, report
from perftrack.exchange import Exchange, begin
from perftrack.labels import OVERFLOW, UNMATCHED
from perftrack.parameters import Sort
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import EndpointSnapshot, SecondSnapshot
from tests.support import FakeClock

WALL = 1_768_473_000.75  # 2026-01-15T10:30:00Z


def shop(**settings: Any) -> PerformanceTracker:
    """Make a tracker with four endpoints, each first in another order."""
    clock = FakeClock()
    tracker = PerformanceTracker(clock=clock, wall=lambda: WALL, **settings)
    for _ in range(60):
        tracker.record("GET", "/busy", 200, 0.125)
    clock.tick(100.0)
    for route, status, seconds, count in [
        ("/long", 200, 0.75, 40),
        ("/broken", 500, 0.0625, 10),
        ("/broken", 404, 0.0625, 3),
        ("/rare", 200, 5.0, 2),
        ("/rare", 200, 0.01, 1),
    ]:
        for _ in range(count):
            tracker.record("GET", route, status, seconds)
    return tracker


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("time_share", ["/long", "/rare", "/busy", "/broken"]),
        ("requests", ["/busy", "/long", "/broken", "/rare"]),
        ("p95", ["/rare", "/long", "/busy", "/broken"]),
        ("errors", ["/broken", "/busy", "/long", "/rare"]),
        ("rpm", ["/long", "/broken", "/rare", "/busy"]),
    ],
)
def test_rows_are_ordered(sort: Sort, order: list[str]) -> None:
    """Each order begins with the largest; equal ones stand by name; a limit cuts rows and no total."""
    tracker = shop()
    stats = tracker.stats(sort=sort)
    assert list(stats["endpoint_stats"]) == [f"GET {route}" for route in order]
    cut = tracker.stats(sort=sort, limit=2)
    assert list(cut["endpoint_stats"]) == [f"GET {route}" for route in order[:2]]
    assert {**cut, "endpoint_stats": {}} == {**stats, "endpoint_stats": {}}


def test_one_endpoint_can_be_asked_for() -> None:
    """The exact name gives one row, an unknown one none; totals stay those of all."""
    tracker = shop()
    assert list(tracker.stats(endpoint="GET /rare")["endpoint_stats"]) == ["GET /rare"]
    assert tracker.stats(endpoint="GET /rar")["endpoint_stats"] == {}
    assert tracker.stats(endpoint="GET /rar")["total_requests"] == 116


def test_an_endpoint_in_detail() -> None:
    """Its row, its buckets that hold all its durations, and its slow requests only."""
    tracker = shop()
    tracker.record("GET", "/other", 200, 9.0)
    detail = tracker.endpoint("GET /rare")
    assert detail is not None
    assert detail["stats"] == tracker.stats()["endpoint_stats"]["GET /rare"]
    assert [count for _, _, count in detail["buckets"]] == [1, 2]
    for (lower, upper, _), duration in zip(detail["buckets"], [0.01, 5.0], strict=True):
        assert lower < duration <= upper
    assert [query["duration"] for query in detail["recent_slow_queries"]] == [5.0, 5.0]
    assert tracker.endpoint("GET /unknown") is None


def test_rates_are_rounded_percentages() -> None:
    """12 errors of 1234 requests is 0.97, as the design has it, and shares of time add up to 100."""
    tracker = PerformanceTracker()
    for number in range(1234):
        tracker.record("GET", "/", 500 if number < 12 else 200, 0.1)
    assert (tracker.stats()["error_rate"], tracker.stats()["total_errors"]) == (0.97, 12)
    shares = [row["time_share"] for row in shop().stats()["endpoint_stats"].values()]
    assert abs(sum(shares) - 100.0) <= 0.02


def test_errors_server_counts_no_client_errors() -> None:
    """The setting `errors` decides what `total_errors` means, and outcomes show both kinds all the same."""
    assert shop().stats()["total_errors"] == 13
    stats = shop(errors="server").stats()
    assert (stats["total_errors"], stats["outcomes"]["client_error"]) == (10, 3)
    assert stats["endpoint_stats"]["GET /broken"]["total_errors"] == stats["last_minute"]["errors"] == 10


def test_without_a_sample_the_answer_is_null() -> None:
    """An empty tracker shows zeros for counts and rates, null for every reading, and a row without timing likewise."""
    tracker = PerformanceTracker()
    stats = tracker.stats()
    assert stats["duration"] == {"count": 0, **dict.fromkeys(("avg", "min", "max", "p50", "p90", "p95", "p99", "p999"))}
    assert stats["first_byte"] == stats["queue"] == stats["background"] == {"count": 0, "avg": None, "max": None}
    assert (stats["error_rate"], stats["requests_per_minute"], stats["oldest_in_flight_seconds"]) == (0.0, 0, None)
    nothing = {"requests": 0, "errors": 0, "error_rate": 0.0, "p50": None, "p95": None, "p99": None}
    assert stats["last_minute"] == nothing
    begin(Exchange, tracker, lambda _: "/", {}, "GET", "/").left()
    row = tracker.stats()["endpoint_stats"]["GET /"]
    timings = (row["avg_duration"], row["min_duration"], row["max_duration"], row["p50_duration"], row["apdex"])
    assert timings == (None,) * 5
    assert (row["error_rate"], row["time_share"], row["status"]) == (0.0, 0.0, {"none": 1})


def test_every_answer_is_strict_json() -> None:
    """Empty or full, there is no NaN and no Infinity in it."""
    for tracker in (PerformanceTracker(), shop()):
        for answer in (tracker.stats(), tracker.health(), tracker.series(), tracker.cache_stats()):
            assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_moments_are_whole_seconds_in_utc() -> None:
    """A time is cut, not rounded, to the second: nothing is from the future."""
    assert report.moment(WALL) == "2026-01-15T10:30:00Z"
    assert report.moment(0.0) == "1970-01-01T00:00:00Z"


def test_series_timestamps_are_starts_of_slots() -> None:
    """The slots are ten seconds apart by wall time, and the current one began before now."""
    clock = FakeClock(1003.0)
    slots = PerformanceTracker(clock=clock, wall=lambda: WALL + 3.0).series()["slots"]
    assert [slot["timestamp"] for slot in slots[-2:]] == ["2026-01-15T10:29:50Z", "2026-01-15T10:30:00Z"]


def test_rows_with_one_status_and_two_outcomes_add_up() -> None:
    """`status` counts what was sent, whatever the outcome, and sums to the row's total."""
    tracker = PerformanceTracker()
    for end in ("complete", "left", "cut_short", "complete"):
        exchange = begin(Exchange, tracker, lambda _: "/", {}, "GET", "/")
        exchange.status = 200
        getattr(exchange, end)()
    row = tracker.stats()["endpoint_stats"]["GET /"]
    assert row["status"] == {"200": 4}
    assert row["outcomes"] == {"ok": 2, "client_error": 0, "server_error": 1, "client_left": 1}


def rows(count: int, more: int = 0) -> dict[str, EndpointSnapshot]:
    """Make rows of which number *n* has *n* + *more* requests."""
    made = [EndpointSnapshot("GET", f"/{n:03}", {(0, 200): n + more}, slow=1) for n in range(1, count + 1)]
    return {row.name: row for row in made}


def test_a_merged_snapshot_is_capped_when_read() -> None:
    """The rows with most requests stay, the rest is added up in the overflow row, and a warning says so."""
    unmatched = EndpointSnapshot("GET", UNMATCHED, {(1, 404): 1})
    snapshot = Snapshot(1000.0, WALL, "clock", 5.0, WALL, endpoints={**rows(10), unmatched.name: unmatched})
    assert report.capped(snapshot) is snapshot
    both = snapshot.merge(Snapshot(1000.0, WALL, "clock", 5.0, WALL, endpoints=rows(10)))
    capped = report.stats(Snapshot(1000.0, WALL, "clock", 5.0, WALL, endpoints=both.endpoints, max_endpoints=3))
    kept = {name: row["total_requests"] for name, row in capped["endpoint_stats"].items()}
    assert kept == {"GET /010": 20, "GET /009": 18, "GET /008": 16, f"OTHER {OVERFLOW}": 56, f"GET {UNMATCHED}": 1}
    assert capped["endpoint_stats"][f"OTHER {OVERFLOW}"]["slow_queries_count"] == 14
    assert capped["total_requests"] == 111
    assert capped["warnings"] == [f"more than 3 endpoints: the rest is counted in OTHER {OVERFLOW}"]


def test_what_overflowed_before_stays_in_the_overflow() -> None:
    """A worker's own overflow row and the rows cut by the reader are one, and equal rows are cut by name."""
    overflow = EndpointSnapshot("OTHER", OVERFLOW, {(0, 200): 1000})
    same = {row.name: row for row in (EndpointSnapshot("GET", f"/{n}", {(0, 200): 5}) for n in "cab")}
    snapshot = Snapshot(1000.0, WALL, "clock", 5.0, WALL, endpoints={**same, overflow.name: overflow}, max_endpoints=2)
    kept = {name: sum(row.statuses.values()) for name, row in report.capped(snapshot).endpoints.items()}
    assert kept == {"GET /a": 5, "GET /b": 5, f"OTHER {OVERFLOW}": 1005}


def test_the_last_minute_of_a_merged_snapshot_ends_at_the_newest() -> None:
    """Seconds that only an older member still holds, 60 and more before the newest, are left out of every minute."""
    numbers: list[int] = [939, 940, 941, 1000, 1001]
    counts = dict.fromkeys(numbers, 1)
    row = EndpointSnapshot("GET", "/", {(0, 200): 5}, seconds=counts)
    seconds = dict.fromkeys(numbers, SecondSnapshot((1, 0, 0, 0)))
    stats = report.stats(Snapshot(1000.5, WALL, "clock", 5.0, WALL, endpoints={row.name: row}, seconds=seconds))
    assert stats["requests_per_minute"] == stats["endpoint_stats"]["GET /"]["requests_per_minute"] == 2
