"""Records against the floor, and the longest single one."""

from __future__ import annotations

from time import thread_time_ns

from benchmarks.interleaved import Figure, Round, Spread, interleave, ratios
from benchmarks.load import LOADS, Load
from benchmarks.oracle import Checks, Oracle
from benchmarks.subjects import Add, Adding, Floor, Recorded, Tracked, empty

GOAL = 1.5
"""The most that a full record may cost, as a multiple of the floor."""

SINGLE_CALLS = 100_000


def record_figures(rounds: int, checks: Checks) -> list[Figure]:
    """Measure every load."""
    return [figure for load in LOADS for figure in _of_load(load, rounds, checks)]


def _of_load(load: Load, rounds: int, checks: Checks) -> list[Figure]:
    added, recorded = Tracked(load), Recorded(load)
    subjects: dict[str, Round] = {
        "empty call": Adding(load, empty),
        "floor": Adding(load, Floor().add),
        "memory.add": added,
        "tracker.record": recorded,
    }
    times = interleave(subjects, rounds)
    oracle = Oracle.of_rounds(load, added.rounds)
    _check(f"memory.add, {load.name}", checks, oracle, added, with_first_byte=True)
    _check(f"tracker.record, {load.name}", checks, oracle, recorded, with_first_byte=False)
    figures = [
        Figure(f"{name}, {load.name}", Spread.of(ratios(times, name, "floor")), "x floor", goal)
        for name, goal in (("memory.add", GOAL), ("tracker.record", GOAL), ("empty call", None))
    ]
    return [*figures, Figure(f"floor, {load.name}", Spread.of(times["floor"], 1e9), "ns")]


def _check(name: str, checks: Checks, oracle: Oracle, subject: Tracked, with_first_byte: bool) -> None:
    now, tracker = subject.clock.now, subject.tracker
    checks.compare(f"{name}: stats", oracle.stats(now, with_first_byte), tracker.stats())
    checks.compare(f"{name}: series", oracle.series(now), tracker.series()["slots"])


def longest_figures(rounds: int) -> list[Figure]:
    """Time every single call, which shows what the average hides: the call that counts a batch."""
    calls = Load("", calls=SINGLE_CALLS)
    subjects: dict[str, Adding] = {
        "empty call": Adding(calls, empty),
        "floor": Adding(calls, Floor().add),
        "memory.add": Tracked(calls),
    }
    singles = {name: [_singles(subject) for _ in range(rounds)] for name, subject in subjects.items()}
    return [
        Figure(f"single {name}, {what}", Spread.of([round_[at] for round_ in of_rounds], 1e-3), "us")
        for name, of_rounds in singles.items()
        for what, at in (("p99.99", -len(of_rounds[0]) // 10_000), ("longest", -1))
    ]


def _singles(subject: Adding) -> list[int]:
    """Time single calls in CPU nanoseconds of this thread, the clock's own cost included; sorted."""
    taken: list[int] = []
    add: Add = subject.add
    for route, status, duration, first_byte in subject.requests:
        subject.finish += subject.step
        started = thread_time_ns()
        add("GET", route, route, status, duration, first_byte, subject.finish)
        taken.append(thread_time_ns() - started)
    return sorted(taken)
