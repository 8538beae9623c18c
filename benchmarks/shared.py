"""Memory shared by workers: a record beside private memory and prometheus_client, and a read of many workers."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.interleaved import Round, interleave, ratios
from benchmarks.load import Drawn, Load
from benchmarks.oracle import Checks, Oracle
from benchmarks.peers import PROMETHEUS, peer
from benchmarks.recording import check
from benchmarks.results import Figure, Results, Spread
from benchmarks.subjects import Adding, Floor, Tracked
from perftrack import PerformanceTracker

PRIVATE_LIMITS = (1.6, None)
"""The most that a record may cost, as a multiple of one in private memory: must and no aim."""

PROMETHEUS_LIMITS = (0.4, 0.25)
"""The same, as a share of prometheus_client in multiprocess mode: must and aim."""

READ_LIMIT = 60.0
"""Milliseconds, for WORKERS x ENDPOINTS with three percentiles each."""

SIZE_LIMIT = 2.0
"""Megabytes of a worker with 100 endpoints."""

LOAD = Load("50 endpoints, 5000/s")
WORKERS, ENDPOINTS, REQUESTS = 8, 200, 1000


class Shared(Tracked):
    """Times `SharedMemory.add`. What waits at the end of a round is as much as at its beginning."""

    def __init__(self, load: Load) -> None:
        super().__init__(load, memory="shared", group=f"benchmark {os.getpid()}")

    def __call__(self) -> float:
        """Run one round."""
        self.rounds += 1
        self.clock.now = self.finish + len(self.requests) * self.step
        return Adding.__call__(self)


def shared_results(rounds: int) -> Results:
    """Measure a record, a read and the size."""
    checks, results = Checks(), Results()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PERFTRACK_DIR"] = folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # read when prometheus_client is imported, which `peer` does
        results.figures = [
            *_record_figures(rounds, checks, results.notes),
            _read_figure(rounds),
            _size_figure(Path(folder)),
        ]
    results.compared, results.differences = checks.compared, checks.differences
    return results


def _record_figures(rounds: int, checks: Checks, notes: list[str]) -> list[Figure]:
    private, shared = Tracked(LOAD, memory="private"), Shared(LOAD)
    subjects: dict[str, Round] = {"floor": Adding(LOAD, Floor().add), "private": private, "shared": shared}
    subjects |= peer(PROMETHEUS, LOAD, notes)
    times = interleave(subjects, rounds)
    oracle = Oracle.of_rounds(LOAD, 1 + rounds)
    shared.clock.now = shared.finish
    check("shared", checks, oracle, shared, with_first_byte=True)
    figures = [
        Figure("record, shared / record, private", Spread.of(ratios(times, "shared", "private")), "x", *PRIVATE_LIMITS)
    ]
    if PROMETHEUS in times:
        spread = Spread.of(ratios(times, "shared", PROMETHEUS))
        figures.insert(0, Figure("record, shared / prometheus_client multiprocess", spread, "x", *PROMETHEUS_LIMITS))
    return [*figures, Figure("record, shared / floor", Spread.of(ratios(times, "shared", "floor")), "x")]


def _read_figure(rounds: int) -> Figure:
    """Read what WORKERS processes have counted."""
    tracker = PerformanceTracker(memory="shared", group="benchmark of a read")
    requests = Load("", ENDPOINTS, calls=ENDPOINTS * REQUESTS).draw()
    with ExitStack() as stack:
        for _ in range(WORKERS):
            stack.enter_context(_worker(tracker, requests))
        taken = [_read(tracker) for _ in range(rounds)]
    return Figure(f"percentiles of {WORKERS} workers x {ENDPOINTS}", Spread.of(taken, 1e3), "ms", READ_LIMIT)


def _read(tracker: PerformanceTracker) -> float:
    started = process_time()
    for row in tracker.snapshot().endpoints.values():
        row.histogram.quantiles(0.5, 0.95, 0.99, low=row.minimum, high=row.maximum)
    return process_time() - started


def _size_figure(folder: Path) -> Figure:
    """Measure the segment of a worker with 100 endpoints and 100 requests each."""
    tracker = PerformanceTracker(memory="shared", group="benchmark of the size")
    with _worker(tracker, Load("", 100, calls=100 * 100).draw()):
        largest = max(path.stat().st_size for path in folder.rglob("worker-*") if path.parent == _newest(folder))
    return Figure("a worker's segment, 100 endpoints", Spread.of([largest], 1e-6), "MB", SIZE_LIMIT)


def _newest(folder: Path) -> Path:
    return max((path.parent for path in folder.rglob("charter")), key=lambda path: path.stat().st_ctime)


@contextmanager
def _worker(tracker: PerformanceTracker, requests: list[Drawn]) -> Generator[None, None, None]:
    """Have a forked process count *requests*, and stay until the end."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        for route, status, duration, first_byte in requests:
            tracker.memory.add("GET", route, route, status, min(duration, 0.4), first_byte, perf_counter())
        os.write(writer, b".")
        signal.pause()
    try:
        os.read(reader, 1)
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        os.close(writer)
