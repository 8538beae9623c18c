"""What the benchmark of the middlewares compares with."""

from __future__ import annotations

import pytest

from benchmarks.middleware import check_counts, fastest_prometheus, middleware_results
from benchmarks.oracle import Checks
from perftrack import PerformanceTracker

TIMES = {"bare": [1.0, 2.0], "a": [3.0, 4.0], "b": [2.0, 3.0], "OpenTelemetry": [1.1, 2.1]}


def test_fastest_monitor_for_prometheus() -> None:
    """perftrack is held to the one that adds least, and to no other kind of monitor."""
    assert fastest_prometheus(TIMES, ["a", "b", "OpenTelemetry"]) == "b"
    assert fastest_prometheus(TIMES, ["OpenTelemetry"]) is None


@pytest.mark.parametrize("framework", ["ASGI", "WSGI", "Starlette", "FastAPI", "Flask"])
def test_every_request_is_counted(framework: str) -> None:
    """What is timed measures every request. Django, which is set up once in a process, is checked in each run."""
    results = middleware_results(framework, 1)
    assert results.compared
    assert results.differences == []


def test_a_lost_request_is_found() -> None:
    """A middleware that counts too few does not pass."""
    tracker, checks = PerformanceTracker(memory="private"), Checks()
    tracker.record("GET", "/projects/{number}", 200, 0.1)
    check_counts("Flask", checks, tracker, 2)
    assert any("total_requests is 1, the oracle has 2" in line for line in checks.differences)
