"""What an endpoint takes of memory."""

from __future__ import annotations

import tracemalloc

from benchmarks.interleaved import Figure, Spread
from benchmarks.load import START, Load
from benchmarks.subjects import SimulatedClock
from perftrack import PerformanceTracker

GOAL = 6.0
"""The most that an endpoint may take after 100 requests, in KB."""

ENDPOINTS, REQUESTS = 500, 100


def memory_figures() -> list[Figure]:
    """Measure what 500 endpoints take after 100 requests each, and what the first one takes with the tracker."""
    load = Load("", endpoints=ENDPOINTS, calls=ENDPOINTS * REQUESTS)
    requests = load.draw()
    clock = SimulatedClock()
    tracemalloc.start()
    tracker = PerformanceTracker(clock=clock, wall=clock.wall)
    empty = tracemalloc.get_traced_memory()[0]
    finish = START
    for number, (_, status, duration, first_byte) in enumerate(requests):
        finish += load.step
        # numbers of their own, as real requests have; and each endpoint exactly as many
        route = f"/resource-{number % ENDPOINTS}/{{id}}"
        tracker.memory.add("GET", route, route, status, duration * 1.5, first_byte * 1.5, finish)
    waiting = tracemalloc.get_traced_memory()[0]
    clock.now = finish
    tracker.snapshot()
    counted = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return [
        Figure("memory of an endpoint, 100 requests", _kilobytes(waiting - empty), "KB", GOAL),
        Figure("memory of an endpoint, all of them counted", _kilobytes(counted - empty), "KB"),
    ]


def _kilobytes(size: int) -> Spread:
    return Spread.of([size / ENDPOINTS / 1024])
