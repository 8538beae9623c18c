"""Requests that wait to be counted: all finished in one second, and are counted at once.

A request only adds its readings to a list, in one step, so that no other thread sees a part of them and none waits for
a lock. What they have in common is done once, the rest in one loop without a call of ours.
"""

from __future__ import annotations

from math import ceil, log2
from typing import TYPE_CHECKING, Any, Final

from perftrack.histogram import SHORTEST, bucket_index
from perftrack.outcomes import OK, outcome_of

if TYPE_CHECKING:
    from perftrack.memory.endpoint import Endpoint
    from perftrack.memory.timeline import Tally, Timeline

BATCH: Final = 64
"""Requests that wait at most. More would be cheaper on average, with a longer pause to count them."""

READINGS: Final = 4
"""What a request leaves: its endpoint, status, duration, and first byte, which is None for an empty body."""

FULL: Final = BATCH * READINGS
"""Length of the list of what waits when a batch is full."""


def count_waiting(waiting: list[Any], timeline: Timeline) -> None:
    """Count all that waits, in the second of *timeline*. What another thread adds meanwhile stays for the next time.

    The outcomes of these requests are what their statuses say, and none was slow or less than satisfying.
    """
    batch = waiting[:]
    if not batch:
        return
    del waiting[: len(batch)]
    endpoints, statuses, durations, first_bytes = (batch[at::READINGS] for at in range(READINGS))
    tally = timeline.tally
    shortest, longest = min(durations), max(durations)
    tally.durations.cover(bucket_index(shortest))
    tally.durations.cover(bucket_index(longest))
    tally.add_time(sum(durations), longest)
    _count_each(endpoints, statuses, durations, first_bytes, timeline, shortest > 0.0)
    _count_outcomes(endpoints, statuses, tally)


def _count_each(
    endpoints: list[Endpoint],
    statuses: list[int],
    durations: list[float],
    first_bytes: list[float | None],
    timeline: Timeline,
    have_logarithms: bool,
) -> None:
    """Count each request at its endpoint, and its duration in the second too."""
    second, counts = timeline.second, timeline.tally.durations
    in_second, low = counts.counts, counts.low
    logarithms = map(log2, durations if have_logarithms else [duration or SHORTEST for duration in durations])
    for endpoint, status, duration, first_byte, logarithm in zip(
        endpoints, statuses, durations, first_bytes, logarithms, strict=True
    ):
        if endpoint.second != second:
            endpoint.enter(second)
        if not endpoint.minimum <= duration <= endpoint.maximum:
            endpoint.stretch(duration)
        index = ceil(logarithm * 64.0 - 1.0)  # as `bucket_index` has it
        histogram = endpoint.histogram
        histogram.counts[index - histogram.low] += 1
        in_second[index - low] += 1
        endpoint.total += duration
        endpoint.statuses[status] += 1
        if first_byte is not None:
            endpoint.first_byte_count += 1
            endpoint.first_byte_total += first_byte
            if first_byte > endpoint.first_byte_maximum:
                endpoint.first_byte_maximum = first_byte


def _count_outcomes(endpoints: list[Endpoint], statuses: list[int], tally: Tally) -> None:
    """Count the outcomes of the second; those that are errors or have no route are few, and looked at one by one."""
    plain = len(statuses)
    for endpoint, status in zip(endpoints, statuses, strict=True):
        if not (100 <= status < 400 and endpoint.matched):
            plain -= 1
            endpoint.blame(outcome_of(status), tally)
            tally.add(outcome_of(status), 1, endpoint.matched)
    if plain:
        tally.add(OK, plain, matched=True)
