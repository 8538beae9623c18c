"""What the middlewares add to an app: beside a wrapper that does nothing, and beside other monitors.

One framework at a time, all of its apps in one process and in every round. What is added is the time of a round less
that of the bare app in the same round; "bare again" is the bare app a second time, and so the noise.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from statistics import median
from typing import Any, Final

from benchmarks.interleaved import Round, Times, added, added_ratios, interleave
from benchmarks.oracle import Checks, Near
from benchmarks.results import Figure, Results, Spread
from perftrack import PerformanceTracker

RAW: Final = {"ASGI": (2.2, 1.8), "WSGI": (2.2, 1.6)}
"""The most that perftrack may add, as a multiple of what the wrapper adds: must and aim."""

BESIDE_PROMETHEUS: Final = {
    "FastAPI": (1 / 8, 1 / 20),
    "Django": (1 / 8, 1 / 20),
    "Flask": (1 / 4, 1 / 10),
}
"""The most that it may add, as a share of what the fastest Prometheus monitor adds: must and aim."""

NO_PROMETHEUS: Final = frozenset(("OpenTelemetry",))

RAW_CALLS, CALLS = 2000, 100
"""Requests of a round. Few, for the machine has less time to change between two apps."""

TICK = 0.001
"""Seconds that the clock of the check moves on each time it is read."""


def middleware_results(framework: str, rounds: int) -> Results:
    """Measure the apps of one framework."""
    try:
        module = import_module(f"benchmarks.apps.{framework.lower()}")
    except ImportError as error:
        return Results(notes=[f"{framework}: not measured, {error}"])
    checks, results, tracker = Checks(), Results(), PerformanceTracker(memory="private")
    calls = RAW_CALLS if framework in RAW else CALLS
    apps = {"bare": module.bare(), "bare again": module.bare(), "wrapper": module.wrapped()}
    apps["perftrack"] = module.measured(tracker)
    subjects: dict[str, Round] = {name: module.Served(app, calls) for name, app in apps.items()}
    subjects |= {name: module.Served(app, CALLS) for name, app in _peers(framework, module, results).items()}
    times = interleave(subjects, rounds)
    check_counts(framework, checks, tracker, (rounds + 1) * calls)
    if framework in RAW:
        _check_readings(framework, checks, module)
    results.figures = _figures(framework, times)
    results.compared, results.differences = checks.compared, checks.differences
    return results


def _peers(framework: str, module: Any, results: Results) -> dict[str, Any]:
    """Make the apps with the monitors that are installed; note the others."""
    made = {name: _made(framework, name, make, results) for name, make in module.PEERS.items()}
    return {name: app for name, app in made.items() if app is not None}


def _made(framework: str, name: str, make: Callable[[], Any], results: Results) -> Any:
    try:
        return make()
    except ImportError as error:
        results.notes.append(f"{framework}: {name} is not compared, {error}")
        return None


def _figures(framework: str, times: Times) -> list[Figure]:
    peers = [name for name in times if name not in ("bare", "bare again", "wrapper", "perftrack")]
    figures: list[Figure] = []
    if framework in RAW:
        spread = Spread.of(added_ratios(times, "perftrack", "wrapper", "bare"))
        figures.append(Figure(f"{framework}: perftrack adds / wrapper adds", spread, "x", *RAW[framework]))
    fastest = fastest_prometheus(times, peers)
    if fastest is not None:
        limits = BESIDE_PROMETHEUS.get(framework, (None, None))
        spread = Spread.of(added_ratios(times, "perftrack", fastest, "bare"))
        figures.append(Figure(f"{framework}: perftrack adds / {fastest} adds", spread, "x", *limits))
    figures.append(Figure(f"{framework}: bare", Spread.of(times["bare"], 1e6), "us"))
    for name in ("bare again", "wrapper", "perftrack", *peers):
        shown = "noise: bare against itself" if name == "bare again" else f"{name} adds"
        figures.append(Figure(f"{framework}: {shown}", Spread.of(added(times, name, "bare"), 1e6), "us"))
    return figures


def fastest_prometheus(times: Times, peers: list[str]) -> str | None:
    """Choose the monitor for Prometheus that adds least."""
    candidates = [name for name in peers if name not in NO_PROMETHEUS]
    return min(candidates, key=lambda name: median(added(times, name, "bare")), default=None)


def check_counts(framework: str, checks: Checks, tracker: PerformanceTracker, calls: int) -> None:
    """Hold what was timed to the number of calls; how long they took, only the timed tracker knows."""
    name = "GET /projects/{id}" if framework in RAW else "GET /projects/{number}"
    row: dict[str, object] = {"total_requests": calls, "status": {"200": calls}}
    expected: dict[str, object] = {
        "total_requests": calls,
        "total_errors": 0,
        "in_flight": 0,
        "warnings": [],
        "outcomes": {"ok": calls, "client_error": 0, "server_error": 0, "client_left": 0},
        "duration": {"count": calls},
        "first_byte": {"count": calls},
        "endpoint_stats": {name: row},
    }
    checks.compare(f"{framework}, timed", expected, tracker.stats())


def _check_readings(framework: str, checks: Checks, module: Any) -> None:
    """Hold the readings of each request to a clock that moves on by one tick whenever it is read.

    It is read at arrival, at the first byte, at the last byte, and when the app has returned.
    """
    now = [1000.0]

    def clock() -> float:
        now[0] += TICK
        return now[0]

    tracker = PerformanceTracker(clock=clock, memory="private")
    tracker.snapshot()  # its memory is decided at the first use, which reads the clock
    module.Served(module.measured(tracker), RAW_CALLS)()
    ticks = {"avg": Near(2 * TICK, 1e-6), "min": Near(2 * TICK, 1e-6), "max": Near(2 * TICK, 1e-6)}
    expected: dict[str, object] = {
        "total_requests": RAW_CALLS,
        "duration": {"count": RAW_CALLS, **ticks, "p50": Near(2 * TICK, 1e-6), "p999": Near(2 * TICK, 1e-6)},
        "first_byte": {"count": RAW_CALLS, "avg": Near(TICK, 1e-6), "max": Near(TICK, 1e-6)},
        "requests_per_minute": RAW_CALLS,
    }
    checks.compare(f"{framework}, readings", expected, tracker.stats())
