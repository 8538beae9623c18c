"""Memory shared by workers: a record beside private memory and prometheus_client, and a read of many workers."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.interleaved import Figure, Round, Spread, interleave, ratios
from benchmarks.load import Load
from benchmarks.oracle import Checks, Oracle
from benchmarks.subjects import Adding, Tracked
from perftrack import PerformanceTracker

PRIVATE_GOAL, PROMETHEUS_GOAL = 1.6, 0.4
READ_GOAL = 60.0
"""Milliseconds, for WORKERS x ENDPOINTS with three percentiles each."""

SIZE_GOAL = 2.0
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


class Prometheus(Adding):
    """Times a counter and a histogram of prometheus_client in multiprocess mode, their children at hand."""

    def __init__(self, load: Load) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415 - it is not always there

        registry = CollectorRegistry()
        requests = Counter("requests", "Requests", ["method", "route", "status"], registry=registry)
        seconds = Histogram("seconds", "Durations", ["method", "route"], registry=registry)
        routes = {request[0] for request in load.draw()}
        counters = {route: requests.labels("GET", route, "200") for route in routes}
        histograms = {route: seconds.labels("GET", route) for route in routes}

        def add(method: str, route: str, path: str, status: int, duration: float, *_: Any) -> None:
            counters[route].inc()
            histograms[route].observe(duration)

        super().__init__(load, add)


def shared_figures(rounds: int, checks: Checks) -> list[Figure]:
    """Measure a record, a read and the size."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PERFTRACK_DIR"] = folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        return [*_record_figures(rounds, checks), _read_figure(rounds), _size_figure(Path(folder))]


def _record_figures(rounds: int, checks: Checks) -> list[Figure]:
    private, shared = Tracked(LOAD), Shared(LOAD)
    subjects: dict[str, Round] = {"private": private, "shared": shared}
    try:
        subjects["prometheus"] = Prometheus(LOAD)
    except ImportError:
        print("prometheus_client is not installed: not compared")
    times = interleave(subjects, rounds)
    oracle = Oracle.of_rounds(LOAD, 1 + rounds)
    checks.compare("shared: stats", oracle.stats(shared.finish, True), shared.tracker.stats())
    figures = [Figure("shared add", Spread.of(ratios(times, "shared", "private")), "x private", PRIVATE_GOAL)]
    if "prometheus" in times:
        spread = Spread.of(ratios(times, "shared", "prometheus"))
        figures.append(Figure("shared add", spread, "x prometheus", PROMETHEUS_GOAL))
    return figures


def _read_figure(rounds: int) -> Figure:
    """Read what WORKERS processes have counted."""
    tracker = PerformanceTracker(memory="shared", group="benchmark of a read")
    with ExitStack() as stack:
        for number in range(WORKERS):
            stack.enter_context(_worker(tracker, number, ENDPOINTS, REQUESTS))
        taken = [_read(tracker) for _ in range(rounds)]
    return Figure(f"percentiles of {WORKERS} workers x {ENDPOINTS}", Spread.of(taken, 1e3), "ms", READ_GOAL)


def _read(tracker: PerformanceTracker) -> float:
    started = process_time()
    for row in tracker.snapshot().endpoints.values():
        row.histogram.quantiles(0.5, 0.95, 0.99, low=row.minimum, high=row.maximum)
    return process_time() - started


def _size_figure(folder: Path) -> Figure:
    """Measure the segment of a worker with 100 endpoints and 100 requests each."""
    tracker = PerformanceTracker(memory="shared", group="benchmark of the size")
    with _worker(tracker, 1, 100, 100):
        largest = max(path.stat().st_size for path in folder.rglob("worker-*") if path.parent == _newest(folder))
    return Figure("a worker's segment, 100 endpoints", Spread.of([largest], 1e-6), "MB", SIZE_GOAL)


def _newest(folder: Path) -> Path:
    return max((path.parent for path in folder.rglob("charter")), key=lambda path: path.stat().st_ctime)


@contextmanager
def _worker(tracker: PerformanceTracker, seed: int, endpoints: int, requests: int) -> Generator[None, None, None]:
    """Have a forked process count, and stay until the end."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        for route, status, duration, first_byte in Load("", endpoints, calls=endpoints * requests).draw(seed):
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
