"""How the readings of a page become counts: the same for its owner and for whoever reads it from outside."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import NamedTuple

from perftrack.memory.endpoint import Endpoint
from perftrack.memory.shared.entry import (
    EMPTY,
    KIND_MASK,
    KIND_SHIFT,
    OUTCOME_MASK,
    OUTCOME_SHIFT,
    SLOW,
    SPECIAL,
    STATUS_MASK,
    UNTIMED,
)
from perftrack.memory.timeline import Tally

_CODE = array("H").itemsize


class Readings(NamedTuple):
    """Entries of a page, by column. The code of one that is not whole is 0."""

    codes: bytes
    durations: list[float]
    first_bytes: list[float]

    def by_code(self) -> dict[int, int]:
        """Count the entries of each code. Most pages hold one code only, which is seen at a glance."""
        first, number = self.codes[:_CODE], len(self.durations)
        if self.codes == first * number:
            return {array("H", first)[0]: number} if number else {}
        return Counter(array("H", self.codes))

    def chosen(self, mask: int, value: int) -> Readings:
        """Keep the entries whose codes have *value* in *mask*."""
        entries = [entry for entry in zip(array("H", self.codes), *self[1:], strict=True) if entry[0] & mask == value]
        codes, durations, first_bytes = zip(*entries, strict=True) if entries else ((), (), ())
        return Readings(array("H", codes).tobytes(), list(durations), list(first_bytes))


def count_readings(
    endpoint: Endpoint, tally: Tally, readings: Readings, by_code: dict[int, int], apdex_threshold: float
) -> None:
    """Count the requests of one page, which finished in the second of *tally*. *by_code* holds no 0: all are whole."""
    if any(code & SPECIAL for code in by_code):
        _count_special(endpoint, tally, readings, apdex_threshold)
        readings = readings.chosen(SPECIAL, 0)
        by_code = readings.by_code()
    statuses: dict[int, int] = {}
    for code, number in by_code.items():
        statuses[code & STATUS_MASK] = statuses.get(code & STATUS_MASK, 0) + number
    endpoint.count_batch(statuses, readings.durations, first_bytes_of(readings, by_code), tally)


def first_bytes_of(readings: Readings, by_code: dict[int, int]) -> list[float]:
    """Give the first bytes of the responses that have a body. The others hold what was in their place before."""
    empty = sum(number for code, number in by_code.items() if code & EMPTY)
    if not empty:
        return readings.first_bytes
    return readings.chosen(EMPTY, 0).first_bytes if empty < len(readings.durations) else []


def _count_special(endpoint: Endpoint, tally: Tally, readings: Readings, apdex_threshold: float) -> None:
    for code, duration, first_byte in zip(array("H", readings.codes), *readings[1:], strict=True):
        kind, outcome = code >> KIND_SHIFT & KIND_MASK, code >> OUTCOME_SHIFT & OUTCOME_MASK
        if not kind:
            continue
        timed = None if kind == UNTIMED else duration
        endpoint.count_one(outcome, code & STATUS_MASK, timed, None if code & EMPTY else first_byte, tally)
        if timed is not None:
            endpoint.note(outcome, duration, apdex_threshold, kind == SLOW, tally.slot)
