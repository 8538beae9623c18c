"""What a look at the numbers costs."""

from __future__ import annotations

from time import process_time

from benchmarks.interleaved import Figure, Round, Spread, interleave
from benchmarks.load import Load
from benchmarks.subjects import Tracked
from perftrack import PerformanceTracker, Snapshot

GOAL = 60.0
"""The most that three percentiles of 500 endpoints may take, in milliseconds."""

LOAD = Load("", endpoints=500, calls=100_000)


def reading_figures(rounds: int) -> list[Figure]:
    """Measure the reads of a tracker that knows 500 endpoints."""
    subject = Tracked(LOAD)
    subject.run()
    subject.clock.now = subject.finish
    tracker, snapshot = subject.tracker, subject.tracker.snapshot()
    subjects: dict[str, Round] = {
        "p50, p95, p99 of 500 endpoints": lambda: _percentiles(snapshot),
        "snapshot() of 500 endpoints": lambda: _snapshot(tracker),
        "stats() of 500 endpoints": lambda: _stats(tracker),
    }
    times = interleave(subjects, rounds)
    goals: dict[str, float | None] = {"p50, p95, p99 of 500 endpoints": GOAL}
    return [Figure(name, Spread.of(times[name], 1e3), "ms", goals.get(name)) for name in subjects]


def _percentiles(snapshot: Snapshot) -> float:
    started = process_time()
    for row in snapshot.endpoints.values():
        row.histogram.quantiles(0.5, 0.95, 0.99, low=row.minimum, high=row.maximum)
    return process_time() - started


def _snapshot(tracker: PerformanceTracker) -> float:
    started = process_time()
    tracker.snapshot()
    return process_time() - started


def _stats(tracker: PerformanceTracker) -> float:
    started = process_time()
    tracker.stats()
    return process_time() - started
