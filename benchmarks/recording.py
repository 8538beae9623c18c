"""A record beside an empty call, the floor and other libraries: by kind of load, rate, and number of threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from benchmarks.interleaved import Round, Times, interleave, ratios
from benchmarks.load import LOADS, Load
from benchmarks.oracle import Checks, Oracle
from benchmarks.peers import PEERS, PROMETHEUS, peer
from benchmarks.results import Curve, Figure, Results, Spread
from benchmarks.subjects import Adding, Cold, Floor, Recorded, Threaded, Tracked, empty

FLOOR_LIMITS = (1.25, 1.0)
"""The most that a record may cost, as a multiple of the floor: must and aim."""

PROMETHEUS_LIMITS = (0.33, 0.25)
"""The same, as a share of prometheus_client's counter and histogram."""

RATES = (50.0, 500.0, 5000.0, 50_000.0)
FIRST = 8000
"""Requests after the start."""

THREADS = (1, 2, 4, 8)
PLAIN = LOADS[0]


def recording_results(rounds: int, loads: Sequence[str]) -> Results:
    """Measure the steady *loads*."""
    results, checks = Results(), Checks()
    for load in (load for load in LOADS if load.name in loads):
        results.figures += _of_load(load, rounds, checks, results.notes)
    results.compared, results.differences = checks.compared, checks.differences
    return results


def _of_load(load: Load, rounds: int, checks: Checks, notes: list[str]) -> list[Figure]:
    added, recorded = Tracked(load, memory="private"), Recorded(load, memory="private")
    subjects: dict[str, Round] = {
        "empty call": Adding(load, empty),
        "floor": Adding(load, Floor().add),
        "record": added,
        "tracker.record": recorded,
    }
    if load is PLAIN:
        for name in PEERS:
            subjects |= peer(name, load, notes)
    times = interleave(subjects, rounds)
    oracle = Oracle.of_rounds(load, added.rounds)
    check(f"record, {load.name}", checks, oracle, added, with_first_byte=True)
    check(f"tracker.record, {load.name}", checks, oracle, recorded, with_first_byte=False)
    return _figures(load, times)


def _figures(load: Load, times: Times) -> list[Figure]:
    others = [name for name in times if name not in ("record", "floor")]
    figures = [_ratio(load, times, "record", "floor", FLOOR_LIMITS if load is PLAIN else (None, None))]
    if PROMETHEUS in times:
        figures.append(_ratio(load, times, "record", PROMETHEUS, PROMETHEUS_LIMITS))
    figures += [_ratio(load, times, name, "floor") for name in others]
    return [*figures, Figure(f"floor ({load.name})", Spread.of(times["floor"], 1e9), "ns")]


def _ratio(
    load: Load, times: Times, name: str, base: str, limits: tuple[float | None, float | None] = (None, None)
) -> Figure:
    return Figure(f"{name} / {base} ({load.name})", Spread.of(ratios(times, name, base)), "x", *limits)


def check(name: str, checks: Checks, oracle: Oracle, subject: Tracked, with_first_byte: bool) -> None:
    """Hold every statistic of what was timed to the oracle."""
    now, tracker = subject.clock.now, subject.tracker
    checks.compare(f"{name}: stats", oracle.stats(now, with_first_byte), tracker.stats())
    checks.compare(f"{name}: series", oracle.series(now), tracker.series()["slots"])
    log = sorted(tracker.slow_queries(), key=itemgetter("duration"))  # the time of day stands still in a round
    checks.compare(f"{name}: slow queries", oracle.slow_queries(tracker.max_slow_queries, with_first_byte), log)
    checks.compare(f"{name}: health", oracle.health(now), tracker.health())


def rate_results(rounds: int) -> Results:
    """Measure the first requests after the start, and the steady ones, at several rates."""
    checks, notes, by_rate = Checks(), list[str](), dict[float, Times]()
    for rate in RATES:
        load = Load(f"50 endpoints, {rate:g}/s", rate=rate, calls=FIRST)
        cold, steady = Cold(load, empty), Tracked(load, memory="private")
        subjects: dict[str, Round] = {"floor": Adding(load, Floor().add), "record": steady, "from the start": cold}
        by_rate[rate] = interleave({**subjects, **peer(PROMETHEUS, load, notes)}, rounds)
        check(f"from the start, {load.name}", checks, Oracle.of_rounds(load, 1), cold.tracked, with_first_byte=True)
        check(f"steady, {load.name}", checks, Oracle.of_rounds(load, steady.rounds), steady, with_first_byte=True)
    curve = curve_of("A record by the rate of requests", "requests a second, 50 endpoints", by_rate)
    return Results(curves=[curve], notes=_once(notes), compared=checks.compared, differences=checks.differences)


def thread_results(rounds: int) -> Results:
    """Measure threads that record at the same time; what is counted afterwards must be all of it."""
    checks, notes, by_threads = Checks(), list[str](), dict[float, Times]()
    for threads in THREADS:
        tracked = Tracked(PLAIN, memory="private")
        addings = {"floor": Adding(PLAIN, Floor().add), "record": tracked, **peer(PROMETHEUS, PLAIN, notes)}
        subjects: dict[str, Round] = {name: Threaded(adding, threads) for name, adding in addings.items()}
        by_threads[threads] = interleave(subjects, rounds)
        calls = (rounds + 1) * len(tracked.requests)
        expected = {"total_requests": calls, "duration": {"count": calls}, "first_byte": {"count": calls}}
        checks.compare(f"{threads} threads", expected, tracked.tracker.stats())
    curve = curve_of("A record by the number of threads", "threads, 5000/s", by_threads)
    return Results(curves=[curve], notes=_once(notes), compared=checks.compared, differences=checks.differences)


def _once(notes: list[str]) -> list[str]:
    return sorted(set(notes))


def curve_of(name: str, across: str, by: Mapping[float, Times]) -> Curve:
    """Draw what was measured at several places as multiples of the floor there."""
    lines = [line for line in next(iter(by.values())) if line != "floor"]
    spreads = {line: tuple(Spread.of(ratios(times, line, "floor")) for times in by.values()) for line in lines}
    return Curve(name, across, "x floor", tuple(by), spreads)
