"""A Snapshot as JSON, and back: what a process writes for others that come after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, fields
from math import inf
from typing import Any, Final, TypeVar

from perftrack.counted import CacheCounts, SlowRequest
from perftrack.distribution import Histogram
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import (
    Blame,
    EndpointSnapshot,
    SecondSnapshot,
    SlotSnapshot,
    Streams,
    TimingSum,
    WebSockets,
    WorkerPart,
)

_V = TypeVar("_V")
_PLAIN: Final = (
    *("monotonic", "wall", "clock_id", "uptime", "started", "reset", "in_flight", "oldest_in_flight"),
    *("lost_in_flight", "workers", "shared", "bytes", "untimed_files", "errors", "max_endpoints", "max_slow_queries"),
)
"""Fields that are JSON already."""


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """Write *snapshot* in what `json.dumps` takes."""
    return {
        **{name: getattr(snapshot, name) for name in _PLAIN},
        "endpoints": [_endpoint(endpoint) for endpoint in snapshot.endpoints.values()],
        "seconds": _pairs(snapshot.seconds, lambda second: [second.outcomes, _histogram(second.histogram)]),
        "slots": _pairs(snapshot.slots, _slot),
        "slow_requests": [list(request) for request in snapshot.slow_requests],
        "queue": astuple(snapshot.queue),
        "background": astuple(snapshot.background),
        "streams": astuple(snapshot.streams),
        "websockets": astuple(snapshot.websockets),
        "caches": [[name, *counts] for name, counts in snapshot.caches.items()],
        "members": [astuple(member) for member in snapshot.members],
        "warnings": sorted(snapshot.warnings),
    }


def from_json(values: Mapping[str, Any]) -> Snapshot:
    """Read what `to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: It is something else.
    """
    endpoints = [_read_endpoint(endpoint) for endpoint in values["endpoints"]]
    return Snapshot(
        **{name: values[name] for name in _PLAIN},
        endpoints={endpoint.name: endpoint for endpoint in endpoints},
        seconds=_mapping(values["seconds"], lambda s: SecondSnapshot(tuple(s[0]), _read_histogram(s[1]))),
        slots=_mapping(values["slots"], _read_slot),
        slow_requests=tuple(SlowRequest(*request) for request in values["slow_requests"]),
        queue=TimingSum(*values["queue"]),
        background=TimingSum(*values["background"]),
        streams=Streams(*values["streams"]),
        websockets=WebSockets(*values["websockets"]),
        caches={name: CacheCounts(*counts) for name, *counts in values["caches"]},
        members=tuple(WorkerPart(*member) for member in values["members"]),
        warnings=frozenset(values["warnings"]),
    )


def _endpoint(endpoint: EndpointSnapshot) -> list[Any]:
    values = {field.name: getattr(endpoint, field.name) for field in fields(endpoint)}
    values["statuses"] = [[*key, count] for key, count in endpoint.statuses.items()]
    values["histogram"] = _histogram(endpoint.histogram)
    values["minimum"] = None if endpoint.minimum == inf else endpoint.minimum
    values["first_byte"] = astuple(endpoint.first_byte)
    values["seconds"] = list(endpoint.seconds.items())
    return list(values.values())


def _read_endpoint(values: list[Any]) -> EndpointSnapshot:
    named = dict(zip((field.name for field in fields(EndpointSnapshot)), values, strict=True))
    named["statuses"] = {(outcome, status): count for outcome, status, count in named["statuses"]}
    named["histogram"] = _read_histogram(named["histogram"])
    named["minimum"] = inf if named["minimum"] is None else named["minimum"]
    named["first_byte"] = TimingSum(*named["first_byte"])
    named["seconds"] = dict(named["seconds"])
    return EndpointSnapshot(**named)


def _slot(slot: SlotSnapshot) -> list[Any]:
    *plain, histogram, blame = (getattr(slot, field.name) for field in fields(slot))
    return [*plain, _histogram(histogram), {name: astuple(counts) for name, counts in blame.items()}]


def _read_slot(values: list[Any]) -> SlotSnapshot:
    named = dict(zip((field.name for field in fields(SlotSnapshot)), values, strict=True))
    named["outcomes"], named["unmatched"] = tuple(named["outcomes"]), tuple(named["unmatched"])
    named["histogram"] = _read_histogram(named["histogram"])
    named["blame"] = {name: Blame(*counts) for name, counts in named["blame"].items()}
    return SlotSnapshot(**named)


def _histogram(histogram: Histogram) -> list[Any]:
    return [histogram.scale, [[octave, list(page)] for octave, page in histogram.pages.items()]]


def _read_histogram(values: Any) -> Histogram:
    scale, pages = values
    return Histogram({octave: tuple(page) for octave, page in pages}, scale)


def _pairs(mapping: Mapping[int, _V], write: Callable[[_V], Any]) -> list[Any]:
    return [[key, write(value)] for key, value in mapping.items()]


def _mapping(pairs: Any, read: Callable[[Any], _V]) -> dict[int, _V]:
    return {key: read(value) for key, value in pairs}
