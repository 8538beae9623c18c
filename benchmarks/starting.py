"""What perftrack adds to the start of an app: its import, and making a tracker and a middleware."""

from __future__ import annotations

import os
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time

from benchmarks.interleaved import Round, added, interleave
from benchmarks.results import Figure, Results, Spread
from perftrack import PerformanceTracker
from perftrack_asgi import PerformanceMiddleware

IMPORT_LIMITS = (25.0, 12.0)
"""The most that `import perftrack` may add to the start of an interpreter, in milliseconds: must and aim."""

PROGRAMS = {
    "bare": "pass",
    "bare again": "pass",
    "import perftrack": "import perftrack",
    "import perftrack_asgi": "import perftrack_asgi",
    "import perftrack_wsgi": "import perftrack_wsgi",
    "an ASGI app measured": "from perftrack_asgi import PerformanceMiddleware; PerformanceMiddleware(print)",
}


def starting_results(rounds: int) -> Results:
    """Start interpreters that import, and some that do not."""
    subjects: dict[str, Round] = {name: _Start(program) for name, program in PROGRAMS.items()}
    times = interleave(subjects, rounds)
    figures = [Figure("start of a bare interpreter", Spread.of(times["bare"], 1e3), "ms")]
    for name in PROGRAMS:
        if name != "bare":
            shown = "noise: a bare start against itself" if name == "bare again" else f"{name} adds"
            figures.append(Figure(shown, Spread.of(added(times, name, "bare"), 1e3), "ms"))
    imported = figures[2]
    figures[2] = Figure(imported.name, imported.spread, "ms", *IMPORT_LIMITS)
    return Results([*figures, _making(rounds)])


class _Start:
    """Times an interpreter that runs *program*, by its CPU time."""

    def __init__(self, program: str) -> None:
        self.command = [sys.executable, "-c", program]

    def __call__(self) -> float:
        before = _children_seconds()
        subprocess.run(self.command, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        return _children_seconds() - before


def _children_seconds() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _making(rounds: int) -> Figure:
    """Measure what is made at the start of an app, when everything has been imported."""

    async def app(*_: object) -> None: ...

    taken = list[float]()
    for _ in range(rounds):
        started = process_time()
        PerformanceMiddleware(app, tracker=PerformanceTracker(memory="private")).tracker.snapshot()
        taken.append(process_time() - started)
    return Figure("making a tracker and a middleware", Spread.of(taken, 1e3), "ms")
