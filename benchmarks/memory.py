"""What an endpoint takes of memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

from benchmarks.load import START, Load
from benchmarks.results import Curve, Figure, Results, Spread
from benchmarks.subjects import SimulatedClock
from perftrack import PerformanceTracker

LIMITS = (5.0, 3.0)
"""The most that an endpoint may take after 100 requests, in KB: must and aim."""

ENDPOINTS, REQUESTS = 500, 100


def memory_results(numbers: Sequence[int]) -> Results:
    """Measure what so many endpoints take after 100 requests each; ENDPOINTS is among the *numbers*."""
    sizes = {endpoints: _sizes(endpoints) for endpoints in numbers}
    waiting, counted = (size / ENDPOINTS / 1024 for size in sizes[ENDPOINTS])
    figures = [
        Figure("memory an endpoint, 100 requests", Spread.of([waiting]), "KB", *LIMITS),
        Figure("memory an endpoint, 100 requests, all of them counted", Spread.of([counted]), "KB"),
    ]
    lines = {"all endpoints": tuple(Spread.of([waiting], 1 / 1024) for waiting, _ in sizes.values())}
    curve = Curve("Memory by the number of endpoints", "endpoints, 100 requests each", "KB", tuple(numbers), lines)
    return Results(figures, [curve])


def _sizes(endpoints: int) -> tuple[int, int]:
    """Give the bytes that *endpoints* take while some requests wait to be counted, and when all are."""
    requests = Load("", calls=endpoints * REQUESTS).draw()
    clock = SimulatedClock()
    tracemalloc.start()
    tracker = PerformanceTracker(clock=clock, wall=clock.wall, memory="private")
    add = tracker.memory.add  # which makes the memory
    empty = tracemalloc.get_traced_memory()[0]
    finish = START
    for number, (_, status, duration, first_byte) in enumerate(requests):
        finish += 0.0002
        # numbers of their own, as real requests have; and each endpoint exactly as many
        route = f"/resource-{number % endpoints}/{{id}}"
        add("GET", route, route, status, duration * 1.5, first_byte * 1.5, finish)
    waiting = tracemalloc.get_traced_memory()[0] - empty
    clock.now = finish
    tracker.snapshot()
    counted = tracemalloc.get_traced_memory()[0] - empty
    tracemalloc.stop()
    return waiting, counted
