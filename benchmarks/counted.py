"""The loops whose instructions `benchmarks.instructions` counts; it starts this module under valgrind.

Each loop runs inside a function that the interpreter does not call by itself, so that valgrind can tell it from the
start. Nothing here depends on time, on a seed of hashes or on the collector: two runs count the same.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import itertools
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.load import Load
from benchmarks.subjects import Adding, Floor, Tracked, empty
from perftrack import PerformanceTracker

MARK = "PyRun_SimpleStringFlags"
"""The function that every loop runs in, and nothing else. It is called by way of another one, for valgrind does not see
the first function that `ctypes` calls."""

GO = Path("go")

ADDS, SPARSE_ADDS, RAW_REQUESTS, REQUESTS = 6400, 1600, 500, 200
WARM_ROUNDS = 2

TICK = 0.000_05
"""Seconds that the clock moves on each time it is read. A real one would show valgrind's own slowness."""

LOAD = Load("50 endpoints, 5000/s", calls=ADDS)
SPARSE = Load("50 endpoints, 50/s", rate=50.0, calls=SPARSE_ADDS)
"""Nearly every request is the first of its second at its endpoint."""

Subjects = dict[str, tuple[int, Callable[[], Any]]]

_loop: Callable[[], object] = list


def _tracker() -> PerformanceTracker:
    """Make a tracker with a clock that costs as little as the real one."""
    return PerformanceTracker(clock=itertools.count(1000.25, TICK).__next__, wall=lambda: 1.7e9, memory="private")


def _app(name: str, kind: str, calls: int) -> Any:
    module = importlib.import_module(f"benchmarks.apps.{name}")
    return module.Served(module.measured(_tracker()) if kind == "measured" else getattr(module, kind)(), calls)


def _apps(group: str, name: str, kinds: Mapping[str, str], calls: int) -> Subjects:
    return {f"{group}, {shown}": (calls, partial(_app, name, kind, calls)) for shown, kind in kinds.items()}


_BARE = {"bare": "bare", "perftrack": "measured"}
_WRAPPED = {**_BARE, "wrapper": "wrapped"}

SUBJECTS: Subjects = {
    "add, empty": (ADDS, lambda: Adding(LOAD, empty)),
    "add, floor": (ADDS, lambda: Adding(LOAD, Floor().add)),
    "add, private": (ADDS, lambda: Tracked(LOAD, memory="private")),
    "add, private, 50/s": (SPARSE_ADDS, lambda: Tracked(SPARSE, memory="private")),
    "add, shared": (ADDS, lambda: Tracked(LOAD, memory="shared", group=f"instructions {os.getpid()}")),
    "add, shared, 50/s": (SPARSE_ADDS, lambda: Tracked(SPARSE, memory="shared", group=f"sparse {os.getpid()}")),
    **_apps("ASGI", "asgi", _WRAPPED, RAW_REQUESTS),
    **_apps("WSGI", "wsgi", _WRAPPED, RAW_REQUESTS),
    **_apps("Flask", "flask", _BARE, REQUESTS),
    **_apps("FastAPI", "fastapi", _BARE, REQUESTS),
    **_apps("Django", "django", _BARE, REQUESTS),
}
"""Name -> calls of a loop, and what makes the subject. The part before the comma is what it is compared within."""


def main(names: list[str]) -> None:
    """Count a call of nothing, then the loop of every subject; print first which there are, in that order.

    Between the two it waits for the file `GO`: valgrind counts only from then on, and is several times faster before.
    """
    global _loop  # the marked function takes text, which finds what is in this module
    loops = [_loop, *filter(None, map(_warmed, names))]
    print(flush=True)
    gc.collect()
    gc.freeze()
    gc.disable()
    while not GO.exists():
        time.sleep(0.01)
    run = ctypes.pythonapi.PyRun_SimpleString
    for _loop in loops:
        run(b"_loop()")


def _warmed(name: str) -> Callable[[], object] | None:
    """Make a subject and run it until its code is specialised. None for what this perftrack does not have."""
    try:
        subject = SUBJECTS[name][1]()
        for _ in range(WARM_ROUNDS):
            subject.run()
    except Exception as error:
        print(f"{name}\t{error!r}")
        return None
    print(f"{name}\t")
    run: Callable[[], object] = subject.run
    return run


if __name__ == "__main__":
    main(sys.argv[1:])
