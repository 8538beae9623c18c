"""What a look at the numbers costs."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

from benchmarks.interleaved import Round, interleave
from benchmarks.load import Load
from benchmarks.results import Figure, Results, Spread
from benchmarks.subjects import Tracked
from perftrack import AllowAll, Snapshot
from perftrack.admin import Admin, AdminRequest

LIMITS = (40.0, 15.0)
"""The most that `stats()` of 500 endpoints may take, in milliseconds: must and aim."""

LOAD = Load("", endpoints=500, calls=100_000)


def reading_results(rounds: int) -> Results:
    """Measure the reads of a tracker that knows 500 endpoints."""
    subject = Tracked(LOAD, memory="private")
    subject.run()
    subject.clock.now = subject.finish
    tracker, snapshot = subject.tracker, subject.tracker.snapshot()
    admin, request = Admin(tracker, AllowAll()), AdminRequest("GET", "/stats")
    subjects: dict[str, Round] = {
        "stats(), 500 endpoints": _timed(tracker.stats),
        "the admin page's answer /stats, 500 endpoints": _timed(lambda: admin.handle(request)),
        "snapshot(), 500 endpoints": _timed(tracker.snapshot),
        "p50, p95, p99 of 500 endpoints": _timed(lambda: _percentiles(snapshot)),
    }
    times = interleave(subjects, rounds)
    figures = [Figure(name, Spread.of(times[name], 1e3), "ms") for name in subjects]
    figures[0] = Figure(figures[0].name, figures[0].spread, "ms", *LIMITS)
    return Results(figures)


def _timed(read: Callable[[], object]) -> Round:
    def run() -> float:
        started = process_time()
        read()
        return process_time() - started

    return run


def _percentiles(snapshot: Snapshot) -> None:
    for row in snapshot.endpoints.values():
        row.histogram.quantiles(0.5, 0.95, 0.99, low=row.minimum, high=row.maximum)
