"""The last hour by ten seconds."""

from __future__ import annotations

from math import floor
from typing import Final

from perftrack.distribution import Histogram
from perftrack.histogram import COARSE_RELATIVE_ERROR
from perftrack.report.fields import moment
from perftrack.shapes import Series, SeriesSlot
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import SlotSnapshot
from perftrack.window import SLOT_SECONDS, SLOTS

BAND_OCTAVES: Final = range(-10, 5)
"""The heat map's bands end at 2 ** n seconds for these n: 1 ms, 2 ms … 16 s; one more holds the rest."""


def series(snapshot: Snapshot) -> Series:
    """Give the last hour by ten seconds."""
    current = floor(snapshot.monotonic / SLOT_SECONDS)
    offset = snapshot.wall - snapshot.monotonic
    empty = SlotSnapshot()
    return {
        "slot_seconds": SLOT_SECONDS,
        "relative_error": COARSE_RELATIVE_ERROR,
        "bands": [*(2.0**octave for octave in BAND_OCTAVES), None],
        "slots": [
            _series_slot(snapshot, snapshot.slots.get(number, empty), number * SLOT_SECONDS + offset)
            for number in range(current - SLOTS + 1, current + 1)
        ],
        "timestamp": moment(snapshot.wall),
    }


def _series_slot(snapshot: Snapshot, slot: SlotSnapshot, wall: float) -> SeriesSlot:
    requests = sum(slot.outcomes)
    timed = slot.histogram.count
    p50, p95, p99 = slot.histogram.quantiles(0.5, 0.95, 0.99, low=0.0, high=slot.maximum)
    ok, client_error, server_error, client_left = slot.outcomes
    return {
        "timestamp": moment(wall),
        "requests": requests,
        "errors": snapshot.error_count(slot.outcomes),
        "ok": ok,
        "client_error": client_error,
        "server_error": server_error,
        "client_left": client_left,
        "slow": slot.slow,
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "max": slot.maximum if timed else None,
        "busy_seconds": slot.busy_seconds,
        "in_flight_peak": slot.in_flight_peak if requests or slot.in_flight_peak else None,
        "bands": _bands(slot.histogram),
    }


def _bands(histogram: Histogram) -> list[int]:
    bands = [0] * (len(BAND_OCTAVES) + 1)
    for octave, count in histogram.count_by_octave().items():
        bands[min(max(octave + 1 - BAND_OCTAVES.start, 0), len(BAND_OCTAVES))] += count
    return bands
