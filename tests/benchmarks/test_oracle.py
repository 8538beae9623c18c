"""The oracle of the benchmark finds what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.load import Load
from benchmarks.oracle import Checks, Oracle
from benchmarks.recording import check
from benchmarks.subjects import Cold, Threaded, Tracked, empty

LOAD = Load("", endpoints=3, rate=50.0, error_share=0.2, slow_share=0.1, calls=400)


def _tracked(rounds: int) -> Tracked:
    tracked = Tracked(LOAD, memory="private")
    for _ in range(rounds):
        tracked()
    return tracked


def test_right_numbers_agree() -> None:
    """What perftrack counts is what the oracle works out."""
    checks = Checks()
    check("two rounds", checks, Oracle.of_rounds(LOAD, 2), _tracked(2), with_first_byte=True)
    assert checks.compared > 1000
    assert checks.differences == []


def test_a_lost_round_is_found() -> None:
    """A number of requests that is too small is a difference."""
    checks = Checks()
    check("one of two", checks, Oracle.of_rounds(LOAD, 2), _tracked(1), with_first_byte=True)
    assert any("total_requests is 400, the oracle has 800" in line for line in checks.differences)


@pytest.mark.parametrize("name", ["time_share", "apdex", "p99_duration", "rpm_series"])
def test_one_wrong_number_is_found(name: str) -> None:
    """One wrong number in one row is one difference."""
    tracked = _tracked(1)
    stats: dict[str, Any] = dict(tracked.tracker.stats())
    row = next(iter(stats["endpoint_stats"].values()))
    row[name] = [*row[name][:-1], -1] if isinstance(row[name], list) else row[name] + 0.5
    checks = Checks()
    checks.compare("stats", Oracle.of_rounds(LOAD, 1).stats(tracked.clock.now, True), stats)
    assert len(checks.differences) == 1


def test_cold_start_counts_right() -> None:
    """The first requests after a start are held to the oracle as well, each round alone."""
    cold = Cold(LOAD, empty)
    cold()
    cold()
    checks = Checks()
    check("from the start", checks, Oracle.of_rounds(LOAD, 1), cold.tracked, with_first_byte=True)
    assert checks.differences == []


def test_threads_share_the_requests() -> None:
    """Threads record each request once, whatever their number."""
    tracked = Tracked(LOAD, memory="private")
    Threaded(tracked, 3)()
    assert tracked.tracker.stats()["total_requests"] == 400
