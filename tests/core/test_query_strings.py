"""The query string: kept with a slow request where it was asked for, bounded, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from perftrack import PerformanceTracker, exchange
from perftrack.exchange import Exchange, begin
from perftrack.labels import MAX_TEXT, Label
from perftrack.query_strings import with_query
from tests.support import FakeClock

ASGI: Mapping[str, Any] = {"query_string": b"q=planted"}


def finished(seconds: float = 2.0, status: int = 200, source: Mapping[str, Any] = ASGI, **options: Any) -> Any:
    """Give the tracker after one request of *seconds*; *options* are settings, and the `route`."""
    clock, route = FakeClock(), options.pop("route", None)
    tracker = PerformanceTracker(clock=clock, slow_query_threshold=1.0, **options)
    label: Label | None = None if route is None else lambda _: route
    request = begin(Exchange, tracker, label, source, "GET", "/search/7")
    request.status = status
    clock.tick(seconds)
    request.complete()
    return tracker


def paths(tracker: PerformanceTracker) -> list[str]:
    """Give the paths of the slow log."""
    return [entry["path"] for entry in tracker.slow_queries()]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ({"query_string": b"q=a%20b&x"}, "/p?q=a%20b&x"),
        ({"QUERY_STRING": "q=a%20b&x"}, "/p?q=a%20b&x"),
        ({"query_string": "ż".encode()}, "/p?ż"),
        ({"QUERY_STRING": "ż".encode().decode("latin-1")}, "/p?ż"),
        ({"query_string": b"\xff\x1b["}, "/p?\N{REPLACEMENT CHARACTER}\x1b["),
        ({"query_string": b""}, "/p"),
        ({"QUERY_STRING": ""}, "/p"),
        ({}, "/p"),
    ],
)
def test_the_query_is_as_it_was_sent(source: Mapping[str, Any], path: str) -> None:
    """Bytes of an ASGI scope and text of a WSGI environ read the same; without a query there is no question mark."""
    assert with_query("/p", source) == path


def test_it_is_off() -> None:
    """Without the setting a slow request has its path alone, and no query is even read."""
    assert paths(finished(source={"query_string": 5})) == ["/search/7"]


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize("route", [None, "/search/{n}"])
def test_a_slow_request_has_its_query(status: int, route: str | None) -> None:
    """With the setting on, whatever the status, with and without routes."""
    assert paths(finished(status=status, route=route, record_query_strings=True)) == ["/search/7?q=planted"]


def test_a_slow_request_that_broke_has_its_query() -> None:
    """The setting holds for requests that are counted on the way of the failures, too."""
    clock = FakeClock()
    tracker = PerformanceTracker(clock=clock, record_query_strings=True)
    request = begin(Exchange, tracker, None, ASGI, "GET", "/search")
    clock.tick(2.0)
    request.raised()
    assert paths(tracker) == ["/search?q=planted"]


@pytest.mark.parametrize("seconds", [0.75, 2.0])
def test_nothing_else_has_it(seconds: float) -> None:
    """Neither names nor reasons nor warnings; with a fast request nothing has, not even one above the Apdex limit."""
    tracker = finished(seconds, status=500, record_query_strings=True)
    stats, health = tracker.stats(), tracker.health()
    assert list(stats["endpoint_stats"]) == ["GET /search/{id}"]
    assert json.dumps([stats, health, tracker.series()]).count("planted") == (seconds > 1.0)


def test_a_path_of_its_own_for_each_query_takes_no_row() -> None:
    """The query is not part of what is folded and remembered."""
    tracker = finished(record_query_strings=True)
    assert tracker.paths.known == {"/search/7": "/search/{id}"}


@pytest.mark.parametrize("query", [b"x" * 100_000, "ż".encode() * 50_000])
def test_it_is_bounded(query: bytes) -> None:
    """Path and query are cut together, with an ellipsis."""
    [path] = paths(finished(source={"query_string": query}, record_query_strings=True))
    assert (len(path), path[:10], path[-1]) == (MAX_TEXT, "/search/7?", "…")


def test_a_query_that_cannot_be_read_costs_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in there is counted, and the request keeps its path."""

    def fail(path: str, source: object) -> str:
        raise RuntimeError("a bug in perftrack")

    monkeypatch.setattr(exchange, "with_query", fail)
    tracker = finished(record_query_strings=True)
    assert paths(tracker) == ["/search/7"]
    assert tracker.stats()["total_requests"] == 1
    assert "perftrack failed 1 times" in tracker.stats()["warnings"][0]
