"""The longest single records, which averages hide: a pause to count a batch, a second that turns."""

from __future__ import annotations

import gc
from array import array
from time import thread_time_ns

from benchmarks.load import Load
from benchmarks.peers import PROMETHEUS, peer
from benchmarks.results import Figure, Results, Spread
from benchmarks.subjects import Adding, Floor, Tracked, empty

LIMITS = (1.0, 0.5)
"""The most that the longest may take, as a share of prometheus_client's longest: must and aim."""

LOAD = Load("", calls=100_000)


def longest_results(rounds: int, repeats: int) -> Results:
    """Time every single call of *repeats* times the load, *rounds* times."""
    results = Results()
    subjects = {
        "empty call": Adding(LOAD, empty),
        "floor": Adding(LOAD, Floor().add),
        "record": Tracked(LOAD, memory="private"),
        **peer(PROMETHEUS, LOAD, results.notes),
    }
    gc.collect()
    gc.freeze()  # nobody pays for what the lists of requests cost the collector
    singles = {name: list[list[int]]() for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            singles[name].append(_tail(subject, repeats))
    gc.unfreeze()
    calls = LOAD.calls * repeats
    results.figures = _figures(singles, calls)
    return results


def _figures(singles: dict[str, list[list[int]]], calls: int) -> list[Figure]:
    figures = list[Figure]()
    if PROMETHEUS in singles:
        pairs = zip(singles["record"], singles[PROMETHEUS], strict=True)
        spread = Spread.of(own[-1] / other[-1] for own, other in pairs)
        figures.append(Figure(f"longest record of {calls:,} / prometheus_client's", spread, "x", *LIMITS))
    for name, tails in singles.items():
        for shown, at in (("p99.99", 0), ("longest", -1)):
            figures.append(Figure(f"{name}: {shown} of {calls:,}", Spread.of([tail[at] for tail in tails], 1e-3), "us"))
    return figures


def _tail(subject: Adding, repeats: int) -> list[int]:
    """Time single calls in CPU nanoseconds of this thread, the clock's own cost included; give the longest 0.01 %."""
    taken = array("q")  # a list of so many would keep the collector busy
    note, add = taken.append, subject.add
    for _ in range(repeats):
        for route, status, duration, first_byte in subject.requests:
            subject.finish += subject.step
            started = thread_time_ns()
            add("GET", route, route, status, duration, first_byte, subject.finish)
            note(thread_time_ns() - started)
    return sorted(taken)[-len(taken) // 10_000 :]
