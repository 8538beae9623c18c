"""Other libraries that count and time requests, each the cheapest way that it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from benchmarks.apps.telemetry import meter_provider
from benchmarks.load import Load
from benchmarks.subjects import Add, Adding


def _routes(load: Load) -> set[str]:
    return {request[0] for request in load.draw()}


def _prometheus(load: Load) -> Add:
    """Count and observe with a counter and a histogram of prometheus_client, their children at hand."""
    client = import_module("prometheus_client")
    registry = client.CollectorRegistry()
    requests = client.Counter("requests", "Requests", ["method", "route", "status"], registry=registry)
    seconds = client.Histogram("seconds", "Durations", ["method", "route"], registry=registry)
    counters = {route: requests.labels("GET", route, "200") for route in _routes(load)}
    histograms = {route: seconds.labels("GET", route) for route in _routes(load)}

    def add(method: str, route: str, path: str, status: int, duration: float, *_: Any) -> None:
        counters[route].inc()
        histograms[route].observe(duration)

    return add


def _telemetry(load: Load) -> Add:
    """Count and record with a counter and a histogram of OpenTelemetry, their attributes at hand."""
    meter = meter_provider().get_meter("benchmark")
    counter, histogram = meter.create_counter("requests"), meter.create_histogram("seconds")
    attributes = {route: {"method": "GET", "route": route, "status": 200} for route in _routes(load)}

    def add(method: str, route: str, path: str, status: int, duration: float, *_: Any) -> None:
        counter.add(1, attributes[route])
        histogram.record(duration, attributes[route])

    return add


def _ddsketch(load: Load) -> Add:
    """Add the duration to a sketch of each route, and count nothing else."""
    sketch = import_module("ddsketch").DDSketch
    sketches = {route: sketch() for route in _routes(load)}

    def add(method: str, route: str, path: str, status: int, duration: float, *_: Any) -> None:
        sketches[route].add(duration)

    return add


PROMETHEUS = "prometheus_client"

PEERS: dict[str, Callable[[Load], Add]] = {
    PROMETHEUS: _prometheus,
    "OpenTelemetry": _telemetry,
    "ddsketch": _ddsketch,
}
"""Name -> what makes its `add`; an ImportError says that it is not installed."""

SLOW = frozenset(("OpenTelemetry",))
"""Time fewer calls in a round."""


def peer(name: str, load: Load, notes: list[str]) -> dict[str, Adding]:
    """Give the subject *name*, or none and a note that it is not installed."""
    try:
        add = PEERS[name](load)
        return {name: Adding(replace(load, calls=load.calls // 10) if name in SLOW else load, add)}
    except ImportError as error:
        notes.append(f"record: {name} is not compared, {error}")
        return {}
