"""What the middlewares add to an app, as a multiple of what a wrapper adds that does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.apps import asgi, wsgi
from benchmarks.interleaved import Figure, Round, Spread, added, added_ratios, interleave
from benchmarks.oracle import Checks, Near
from perftrack import PerformanceTracker

GOAL = 2.5
"""The most that a middleware may add, as a multiple of what the wrapper adds."""

CALLS = 2000
"""Requests of a round."""

TICK = 0.001
"""Seconds that the clock of the check moves on each time it is read."""


def middleware_figures(rounds: int, checks: Checks) -> list[Figure]:
    """Measure both protocols."""
    return [
        *_figures("ASGI", rounds, checks, asgi.Served, (asgi.bare, asgi.Wrapper(asgi.bare)), asgi.measured),
        *_figures("WSGI", rounds, checks, wsgi.Served, (wsgi.bare, wsgi.Wrapper(wsgi.bare)), wsgi.measured),
    ]


def _figures(
    name: str,
    rounds: int,
    checks: Checks,
    served: Callable[[Any, int], Round],
    others: tuple[Any, Any],
    measured: Callable[[PerformanceTracker], Any],
) -> list[Figure]:
    bare, wrapper = others
    tracker = PerformanceTracker()
    subjects: dict[str, Round] = {
        "bare": served(bare, CALLS),
        "bare again": served(bare, CALLS),
        "wrapper": served(wrapper, CALLS),
        "perftrack": served(measured(tracker), CALLS),
    }
    times = interleave(subjects, rounds)
    _check_counts(name, checks, tracker, (rounds + 1) * CALLS)
    _check_readings(name, checks, served, measured)
    multiples = added_ratios(times, "perftrack", "wrapper", "bare")
    return [
        Figure(f"{name}: perftrack adds / wrapper adds", Spread.of(multiples), "x wrapper", GOAL),
        Figure(f"{name}: perftrack adds", Spread.of(added(times, "perftrack", "bare"), 1e6), "us"),
        Figure(f"{name}: wrapper adds", Spread.of(added(times, "wrapper", "bare"), 1e6), "us"),
        Figure(f"{name}: bare against itself", Spread.of(added(times, "bare again", "bare"), 1e6), "us"),
    ]


def _check_counts(name: str, checks: Checks, tracker: PerformanceTracker, calls: int) -> None:
    """Hold what was timed to the number of calls; how long they took, only the timed tracker knows."""
    row: dict[str, object] = {"total_requests": calls, "status": {"200": calls}}
    expected: dict[str, object] = {
        "total_requests": calls,
        "total_errors": 0,
        "in_flight": 0,
        "warnings": [],
        "outcomes": {"ok": calls, "client_error": 0, "server_error": 0, "client_left": 0},
        "duration": {"count": calls},
        "first_byte": {"count": calls},
        "endpoint_stats": {"GET /projects/{id}": row},
    }
    checks.compare(f"{name}, timed", expected, tracker.stats())


def _check_readings(
    name: str, checks: Checks, served: Callable[[Any, int], Round], measured: Callable[[PerformanceTracker], Any]
) -> None:
    """Hold the readings of each request to a clock that moves on by one tick whenever it is read.

    It is read at arrival, at the first byte, at the last byte, and when the app has returned.
    """
    now = [1000.0]

    def clock() -> float:
        now[0] += TICK
        return now[0]

    tracker = PerformanceTracker(clock=clock)
    served(measured(tracker), CALLS)()
    ticks = {"avg": Near(2 * TICK, 1e-6), "min": Near(2 * TICK, 1e-6), "max": Near(2 * TICK, 1e-6)}
    expected: dict[str, object] = {
        "total_requests": CALLS,
        "duration": {"count": CALLS, **ticks, "p50": Near(2 * TICK, 1e-6), "p999": Near(2 * TICK, 1e-6)},
        "first_byte": {"count": CALLS, "avg": Near(TICK, 1e-6), "max": Near(TICK, 1e-6)},
        "requests_per_minute": CALLS,
    }
    checks.compare(f"{name}, readings", expected, tracker.stats())
