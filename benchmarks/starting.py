"""What perftrack adds to the start of an app: its import, and making a tracker and a middleware."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time
from typing import Any

from benchmarks.interleaved import Round, added, interleave
from benchmarks.results import Figure, Results, Spread
from perftrack import PerformanceTracker
from perftrack_asgi import PerformanceMiddleware

IMPORT_LIMITS = (25.0, 12.0)
"""The most that `import perftrack` may add to the start of an interpreter, in milliseconds: must and aim."""

BARE = "pass"
SETUP = "from perftrack_asgi import PerformanceMiddleware; PerformanceMiddleware(print)"

PROGRAMS: tuple[tuple[Any, ...], ...] = (
    ("import perftrack, over a bare start", "import perftrack", BARE, *IMPORT_LIMITS),
    ("import perftrack_asgi, over a bare start", "import perftrack_asgi", BARE),
    ("import perftrack_wsgi, over a bare start", "import perftrack_wsgi", BARE),
    ("an ASGI app measured, over a bare start", SETUP, BARE),
    ("import perftrack_flask, over import flask", "import flask, perftrack_flask", "import flask"),
)
"""Name, program, what it is compared with, and the limits of the difference."""


def starting_results(rounds: int) -> Results:
    """Start interpreters that import, and some that do not."""
    programs = PROGRAMS if find_spec("flask") else PROGRAMS[:-1]
    notes = [] if find_spec("flask") else ["start: the import in a Flask app is not measured, Flask is not installed"]
    subjects: dict[str, Round] = {program: _Start(program) for row in programs for program in row[1:3]}
    subjects["bare again"] = _Start(BARE)
    times = interleave(subjects, rounds)
    figures = [
        Figure(name, Spread.of(added(times, program, base), 1e3), "ms", *limits)
        for name, program, base, *limits in programs
    ]
    bare, noise = Spread.of(times[BARE], 1e3), Spread.of(added(times, "bare again", BARE), 1e3)
    others = [Figure("start of a bare interpreter", bare, "ms"), Figure("noise: it against itself", noise, "ms")]
    return Results([*figures, *others, _making(rounds)], notes=notes)


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
