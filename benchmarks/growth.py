"""Whether a record costs more the more there was before: requests so far, and endpoints."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.interleaved import Round, Times, interleave
from benchmarks.load import Load
from benchmarks.oracle import Checks
from benchmarks.peers import PROMETHEUS, peer
from benchmarks.recording import curve_of
from benchmarks.results import Figure, Results, Spread
from benchmarks.subjects import Adding, Floor, Tracked

BLOCK = 20_000
"""Requests of a round."""

LAST = 20

DECADES = (100_000, 1_000_000, 10_000_000)
ENDPOINTS = (1, 10, 100, 500, 5000)
MAX_ENDPOINTS = 500
"""The setting's default: what comes after shares one row."""


def request_results(most: int) -> Results:
    """Count up to *most* requests; the cost at a number is that of the last rounds that end there."""
    load = Load("", calls=BLOCK)
    tracked, floor = Tracked(load, memory="private"), Adding(load, Floor().add)
    sizes: dict[int, int] = {}
    by_decade: dict[float, Times] = {}
    done = 0
    for decade in (decade for decade in DECADES if decade <= most):
        times = interleave({"floor": floor, "record": tracked}, (decade - done) // BLOCK - 1)  # and one to warm up
        done = decade
        by_decade[decade] = {name: values[-LAST:] for name, values in times.items()}
        sizes[decade] = resident_bytes()
    checks = Checks()
    checks.compare("requests so far", {"total_requests": done, "duration": {"count": done}}, tracked.tracker.stats())
    curve = curve_of("A record by the requests so far", "requests so far, 50 endpoints, 5000/s", by_decade)
    grown = Spread.of([sizes[done] - sizes[DECADES[0]]], 1e-6)
    figure = Figure(f"memory of the process, grown from {DECADES[0]:,} to {done:,} requests", grown, "MB")
    return Results([figure], [curve], compared=checks.compared, differences=checks.differences)


def resident_bytes() -> int:
    """Give the memory of this process that is in use, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def endpoint_results(rounds: int) -> Results:
    """Record for few and for many endpoints; 5000 are more than there are rows, so that most share one."""
    checks, notes, by_endpoints = Checks(), list[str](), dict[float, Times]()
    for endpoints in ENDPOINTS:
        load = Load("", endpoints=endpoints, calls=BLOCK)
        tracked = Tracked(load, memory="private")
        subjects: dict[str, Round] = {"floor": Adding(load, Floor().add), "record": tracked}
        by_endpoints[endpoints] = interleave({**subjects, **peer(PROMETHEUS, load, notes)}, rounds)
        stats = tracked.tracker.stats()
        checks.compare(f"{endpoints} endpoints", {"total_requests": (rounds + 1) * BLOCK}, stats)
        rows = min(endpoints, MAX_ENDPOINTS + 1)
        checks.compare(f"{endpoints} endpoints: rows", rows, len(stats["endpoint_stats"]))
    return Results(
        curves=[curve_of("A record by the number of endpoints", "endpoints, 5000/s", by_endpoints)],
        notes=sorted(set(notes)),
        compared=checks.compared,
        differences=checks.differences,
    )
