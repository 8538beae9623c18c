"""How counters are written into records, and added up from them."""

from __future__ import annotations

import json
from array import array
from struct import Struct
from typing import TYPE_CHECKING, Final

from perftrack.memory.endpoint import Endpoint
from perftrack.memory.shared.wide import NARROW, WIDE
from perftrack.memory.timeline import Slot, Tally
from perftrack.outcomes import OUTCOME_NAMES
from perftrack.window import COUNTS, WINDOW_SECONDS

if TYPE_CHECKING:
    from perftrack.memory.shared.sums import EndpointSum, SecondSum, SlotSum

_OUTCOMES: Final = len(OUTCOME_NAMES)
_STATUS_BITS: Final = 16
_STATUS_MASK: Final = (1 << _STATUS_BITS) - 1

_ENDPOINT: Final = Struct("=QdddQddQQQqqcQ")
_STATUS: Final = Struct("=QQ")
_WINDOW_BYTES: Final = array(COUNTS).itemsize * WINDOW_SECONDS
_SECOND: Final = Struct(f"=q{2 * _OUTCOMES}Qq")
_SLOT: Final = Struct(f"=q{2 * _OUTCOMES}QQQddQqQ")
_CELL: Final = 8


def name_record(method: str, route: str) -> bytes:
    """Write the name of an endpoint."""
    return json.dumps([method, route]).encode()


def read_name(payload: bytes) -> tuple[str, str]:
    """Read the name of an endpoint: method and route."""
    method, route = json.loads(payload)
    return method, route


def endpoint_record(endpoint: Endpoint) -> bytes:
    """Write the numbers of an endpoint."""
    kind, counts = endpoint.histogram.packed()
    last, seconds = endpoint.window.packed(endpoint.number)
    statuses = array("Q")
    for (outcome, status), count in endpoint.outcomes.items():
        statuses.extend((outcome << _STATUS_BITS | status, count))
    fixed = _ENDPOINT.pack(
        endpoint.number,
        endpoint.total,
        endpoint.minimum,
        endpoint.maximum,
        endpoint.first_byte_count,
        endpoint.first_byte_total,
        endpoint.first_byte_maximum,
        endpoint.tolerating,
        endpoint.frustrated,
        endpoint.slow,
        last,
        endpoint.histogram.low,
        kind.encode(),
        len(statuses),
    )
    return b"".join((fixed, seconds, statuses.tobytes(), counts))


def add_endpoint(payload: bytes, endpoint: EndpointSum) -> int:
    """Add the numbers of a record to *endpoint*. Give its requests."""
    (
        number,
        total,
        minimum,
        maximum,
        first_bytes,
        first_byte_total,
        first_byte_maximum,
        tolerating,
        frustrated,
        slow,
        last,
        low,
        kind,
        statuses,
    ) = _ENDPOINT.unpack_from(payload)
    statuses_at = _ENDPOINT.size + _WINDOW_BYTES
    counts_at = statuses_at + _CELL * statuses
    endpoint.number += number
    endpoint.total += total
    if minimum < endpoint.shortest:
        endpoint.shortest = minimum
    if maximum > endpoint.longest:
        endpoint.longest = maximum
    endpoint.first_byte_count += first_bytes
    endpoint.first_byte_total += first_byte_total
    if first_byte_maximum > endpoint.first_byte_maximum:
        endpoint.first_byte_maximum = first_byte_maximum
    endpoint.tolerating += tolerating
    endpoint.frustrated += frustrated
    endpoint.slow += slow
    outcomes = endpoint.outcomes
    for word, count in _STATUS.iter_unpack(payload[statuses_at:counts_at]):
        key = word >> _STATUS_BITS, word & _STATUS_MASK
        outcomes[key] = outcomes.get(key, 0) + count
    endpoint.add_seconds(last, payload[_ENDPOINT.size : statuses_at])
    endpoint.wide.add(low, kind.decode(), payload[counts_at:], number)
    return int(number)


def second_record(second: int, tally: Tally) -> bytes:
    """Write the numbers of a second."""
    durations = tally.durations
    return _SECOND.pack(second, *tally.outcomes, *tally.unmatched, durations.low) + array(
        NARROW, durations.counts
    ).tobytes()


def read_second(payload: bytes) -> int:
    """Read which second a record is of."""
    second: int = _SECOND.unpack_from(payload)[0]
    return second


def add_second(payload: bytes, second: SecondSum) -> None:
    """Add the numbers of a record to *second*."""
    _, *outcomes, low = _SECOND.unpack_from(payload)
    _add_up(second.outcomes, outcomes[:_OUTCOMES])
    _add_up(second.unmatched, outcomes[_OUTCOMES:])
    second.wide.add(low, NARROW, payload[_SECOND.size :], sum(outcomes[:_OUTCOMES]))


def slot_record(number: int, slot: Slot) -> bytes:
    """Write the numbers of a slot, those of its open seconds left out."""
    fixed = _SLOT.pack(
        number,
        *slot.outcomes,
        *slot.unmatched,
        slot.slow,
        slot.unmatched_slow,
        slot.maximum,
        slot.busy_seconds,
        slot.in_flight_peak,
        slot.durations.low,
        len(slot.durations.counts),
    )
    blame = json.dumps(slot.blame).encode() if slot.blame else b""
    return fixed + array("Q", slot.durations.counts).tobytes() + blame


def read_slot(payload: bytes) -> int:
    """Read which slot a record is of."""
    number: int = _SLOT.unpack_from(payload)[0]
    return number


def add_slot(payload: bytes, slot: SlotSum) -> int:
    """Add the numbers of a record to *slot*. Give the most requests in flight that it holds."""
    _, *outcomes, slow, unmatched_slow, maximum, busy_seconds, peak, low, buckets = _SLOT.unpack_from(payload)
    _add_up(slot.outcomes, outcomes[:_OUTCOMES])
    _add_up(slot.unmatched, outcomes[_OUTCOMES:])
    slot.slow += slow
    slot.unmatched_slow += unmatched_slow
    slot.maximum = max(slot.maximum, maximum)
    slot.busy_seconds += busy_seconds
    slot.in_flight_peak += peak
    end = _SLOT.size + _CELL * buckets
    if buckets:
        slot.wide.add(low, WIDE, payload[_SLOT.size : end], sum(outcomes))
    if len(payload) > end:
        slot.add_blame(json.loads(payload[end:]))
    return int(peak)


def _add_up(counts: list[int], more: tuple[int, ...] | list[int]) -> None:
    counts[:] = [a + b for a, b in zip(counts, more, strict=True)]
