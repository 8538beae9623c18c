"""What perftrack adds to the start of an app: its import, and making a tracker and a middleware."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from benchmarks.interleaved import Round, added, interleave
from benchmarks.results import Figure, Results, Spread
from perftrack import PerformanceTracker
from perftrack_asgi import PerformanceMiddleware

START_LIMITS = (25.0, 12.0)
"""The most that perftrack may add to the start of an app, in milliseconds: must and aim."""

BARE = "pass"
ASGI = "from perftrack_asgi import PerformanceMiddleware; PerformanceMiddleware(print)"
WSGI = "from perftrack_wsgi import PerformanceMiddleware; PerformanceMiddleware(print)"
TOKEN = "from perftrack_asgi import PerformanceMiddleware; PerformanceMiddleware(print, access='a' * 16)"  # noqa: S105 - for a program that serves nobody
JOIN = f"{WSGI}; import perftrack.memory.shared.memory, perftrack.memory.shared.naming"
LOOK = f"{WSGI}; import perftrack.admin.pages"

PROGRAMS: tuple[tuple[Any, ...], ...] = (
    ("import perftrack, over a bare start", "import perftrack", BARE, *START_LIMITS),
    ("an ASGI app measured, over a bare start", ASGI, BARE, *START_LIMITS),
    ("a WSGI app measured, over a bare start", WSGI, BARE, *START_LIMITS),
    ("an admin token, over an ASGI app measured without", TOKEN, ASGI),
    ("imported by the first request of a worker that has others", JOIN, WSGI),
    ("imported by the first admin request", LOOK, WSGI),
    ("import perftrack_flask, over import flask", "import flask, perftrack_flask", "import flask"),
)
"""Name, program, what it is compared with, and the limits of the difference."""


def starting_results(rounds: int) -> Results:
    """Start interpreters that import, and some that do not."""
    with TemporaryDirectory() as cache:
        return _results(rounds, cache)


def _results(rounds: int, cache: str) -> Results:
    programs = PROGRAMS if find_spec("flask") else PROGRAMS[:-1]
    notes = [] if find_spec("flask") else ["start: the import in a Flask app is not measured, Flask is not installed"]
    subjects: dict[str, Round] = {program: _Start(program, cache) for row in programs for program in row[1:3]}
    subjects["bare again"] = _Start(BARE, cache)
    times = interleave(subjects, rounds)
    figures = [
        Figure(name, Spread.of(added(times, program, base), 1e3), "ms", *limits)
        for name, program, base, *limits in programs
    ]
    bare, noise = Spread.of(times[BARE], 1e3), Spread.of(added(times, "bare again", BARE), 1e3)
    others = [Figure("start of a bare interpreter", bare, "ms"), Figure("noise: it against itself", noise, "ms")]
    return Results([*figures, *others, _making(rounds)], notes=notes)


class _Start:
    """Times an interpreter that runs *program*, by its CPU time.

    With compiled modules, as an installed package has: they are in *cache* from the first round on, which does not
    count. An environment that forbids to write them would have every round compile perftrack.
    """

    def __init__(self, program: str, cache: str) -> None:
        self.command = [sys.executable, "-c", program]
        path = os.pathsep.join(sys.path)
        self.environment = {**os.environ, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": cache}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def __call__(self) -> float:
        before = _children_seconds()
        subprocess.run(self.command, check=True, env=self.environment)
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
