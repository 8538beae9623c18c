"""All endpoints of a snapshot together, and no more of them than there may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from math import inf
from typing import Any

from perftrack.distribution import Histogram
from perftrack.labels import OTHER_METHOD, OVERFLOW, UNMATCHED, endpoint_name
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import EndpointSnapshot, TimingSum


def capped(snapshot: Snapshot) -> Snapshot:
    """Cut the endpoints of a merged snapshot to `max_endpoints`: most requests stay, the rest goes to overflow.

    Done by the reader and not by the merge, which would then depend on the order of merging.
    """
    named = [row for row in snapshot.endpoints.values() if row.route not in (UNMATCHED, OVERFLOW)]
    if len(named) <= snapshot.max_endpoints:
        return snapshot
    named.sort(key=lambda row: (-sum(row.statuses.values()), row.name))
    rows = {name: row for name, row in snapshot.endpoints.items() if row.route in (UNMATCHED, OVERFLOW)}
    rows.update({row.name: row for row in named[: snapshot.max_endpoints]})
    overflow = rows.get(endpoint_name(OTHER_METHOD, OVERFLOW), EndpointSnapshot(OTHER_METHOD, OVERFLOW))
    for row in named[snapshot.max_endpoints :]:
        overflow = overflow.merge(row)
    rows[overflow.name] = overflow
    warning = f"more than {snapshot.max_endpoints} endpoints: the rest is counted in {overflow.name}"
    return replace(snapshot, endpoints=rows, warnings=snapshot.warnings | {warning})


def everything_of(snapshot: Snapshot) -> EndpointSnapshot:
    """Add all endpoints up, field by field: merging them one by one would build a row for each."""
    rows = list(snapshot.endpoints.values())
    statuses: Counter[tuple[int, int]] = Counter()
    for row in rows:
        for key, number in row.statuses.items():
            statuses[key] += number
    first_bytes = [row.first_byte for row in rows]
    return EndpointSnapshot(
        "",
        "",
        statuses,
        added_up(row.histogram for row in rows),
        sum(row.total for row in rows),
        min((row.minimum for row in rows), default=inf),
        max((row.maximum for row in rows), default=0.0),
        TimingSum(
            sum(first_byte.count for first_byte in first_bytes),
            sum(first_byte.total for first_byte in first_bytes),
            max((first_byte.maximum for first_byte in first_bytes), default=0.0),
        ),
        sum(row.tolerating for row in rows),
        sum(row.frustrated for row in rows),
        sum(row.slow for row in rows),
    )


def added_up(histograms: Iterable[Histogram]) -> Histogram:
    """Add histograms up, all pages of an octave at once."""
    pages: dict[int, list[Any]] = {}
    for histogram in histograms:
        for octave, page in histogram.pages.items():
            pages.setdefault(octave, []).append(page)
    return Histogram({octave: list(map(sum, zip(*same, strict=True))) for octave, same in pages.items()})
