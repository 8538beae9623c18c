"""The parts of the benchmark. Each runs in a process of its own, so that none finds what another left.

`python -m benchmarks.sections NAME [--quick]` runs one and prints its results as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from benchmarks.load import LOADS
from benchmarks.results import Results

ALL_LOADS = tuple(load.name for load in LOADS)
QUICK_LOADS = (ALL_LOADS[0], ALL_LOADS[-1])
ENDPOINTS = (10, 100, 500, 5000)
"""5000 are more than there are rows."""

Section = Callable[[bool], Results]
"""Measures, quickly or in full."""


def _section(module: str, function: str, quick: tuple[Any, ...], full: tuple[Any, ...]) -> Section:
    """Name what measures; it is imported where it runs."""

    def run(is_quick: bool) -> Results:
        measure: Callable[..., Results] = getattr(import_module(f"benchmarks.{module}"), function)
        return measure(*(quick if is_quick else full))

    return run


def _middleware(framework: str, quick: int, full: int) -> Section:
    return _section("middleware", "middleware_results", (framework, quick), (framework, full))


SECTIONS: dict[str, Section] = {
    "record": _section("recording", "recording_results", (3, QUICK_LOADS), (21, ALL_LOADS)),
    "rates": _section("recording", "rate_results", (3,), (15,)),
    "threads": _section("recording", "thread_results", (3,), (11,)),
    "requests so far": _section("growth", "request_results", (1_000_000,), (10_000_000,)),
    "endpoints": _section("growth", "endpoint_results", (5,), (25,)),
    "longest record": _section("longest", "longest_results", (3, 1), (5, 10)),
    "shared memory": _section("shared", "shared_results", (5,), (25,)),
    "ASGI": _middleware("ASGI", 21, 101),
    "WSGI": _middleware("WSGI", 21, 101),
    "Starlette": _middleware("Starlette", 15, 101),
    "FastAPI": _middleware("FastAPI", 15, 151),
    "Flask": _middleware("Flask", 15, 151),
    "Django": _middleware("Django", 15, 151),
    "memory": _section("memory", "memory_results", (ENDPOINTS[:3],), (ENDPOINTS,)),
    "reading": _section("reading", "reading_results", (5,), (25,)),
    "start": _section("starting", "starting_results", (5,), (41,)),
    "servers": _section("servers", "server_results", (), ()),
}
NOT_QUICK = frozenset(("servers",))


def run_sections(names: list[str], quick: bool) -> Iterator[tuple[str, Results]]:
    """Run one section after the other, each in a process of its own."""
    for name in names:
        yield name, _apart(name, quick)


def _apart(name: str, quick: bool) -> Results:
    command = [sys.executable, "-m", "benchmarks.sections", name, *(["--quick"] if quick else [])]
    answer = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if answer.returncode:
        return Results(differences=[f"{name}: the section failed with status {answer.returncode}, see above"])
    return Results.from_json(json.loads(answer.stdout))


if __name__ == "__main__":
    print(json.dumps(SECTIONS[sys.argv[1]]("--quick" in sys.argv).to_json()))
