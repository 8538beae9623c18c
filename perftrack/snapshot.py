"""Snapshot: frozen and mergeable, the only thing that flows out of a tracker.

It holds what was counted, not what follows from it: percentages, percentiles and verdicts are worked out by whoever
reads it (`report`, `health`). Merging two snapshots, of workers or of hosts, is addition: commutative and associative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import floor
from typing import Final

from perftrack.counted import CacheCounts, SlowRequest, added
from perftrack.outcomes import CLIENT_LEFT
from perftrack.snapshot_parts import (
    EndpointSnapshot,
    SecondSnapshot,
    SlotSnapshot,
    Streams,
    TimingSum,
    WebSockets,
    WorkerPart,
)
from perftrack.window import SLOT_SECONDS


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The numbers of one tracker, or of several added up, at one moment."""

    monotonic: float
    """When it was taken, by the tracker's clock, in seconds: what seconds and slots are numbered by."""
    wall: float
    """When it was taken, in seconds since 1970: for display, and to align hosts."""
    clock_id: str
    """Names the monotonic clock: equal for all processes of one boot of one host."""
    uptime: float
    """Seconds since the start of the oldest member."""
    started: float
    """That start, in seconds since 1970."""
    reset: float | None = None
    """The last reset, in seconds since 1970."""
    endpoints: Mapping[str, EndpointSnapshot] = field(default_factory=dict[str, EndpointSnapshot])
    seconds: Mapping[int, SecondSnapshot] = field(default_factory=dict[int, SecondSnapshot])
    """floor(monotonic) -> what finished then, over the last minute."""
    slots: Mapping[int, SlotSnapshot] = field(default_factory=dict[int, SlotSnapshot])
    """floor(monotonic / 10) -> what finished then, over the last hour."""
    slow_requests: tuple[SlowRequest, ...] = ()
    """Newest first, at most `max_slow_queries`."""
    queue: TimingSum = TimingSum()
    background: TimingSum = TimingSum()
    streams: Streams = Streams()
    websockets: WebSockets = WebSockets()
    caches: Mapping[str, CacheCounts] = field(default_factory=dict[str, CacheCounts])
    in_flight: int = 0
    oldest_in_flight: float | None = None
    """Age in seconds of the oldest request in flight, event streams aside."""
    lost_in_flight: int = 0
    workers: int = 1
    shared: bool = False
    """Whether the numbers are of all workers of a host rather than of one process."""
    members: tuple[WorkerPart, ...] = ()
    """The live workers that have seen a request, by process id."""
    bytes: int = 0
    """Memory that the counters take."""
    untimed_files: int = 0
    """File responses that were timed to the app's return only."""
    warnings: frozenset[str] = frozenset()
    """Those that are not numbers; see `all_warnings`."""
    errors: str = "all"
    max_endpoints: int = 500
    max_slow_queries: int = 50

    @property
    def since(self) -> float:
        """The last reset, else the start, in seconds since 1970."""
        return self.started if self.reset is None else self.reset

    def all_warnings(self) -> list[str]:
        """List what the numbers do not say by themselves."""
        if not self.untimed_files:
            return sorted(self.warnings)
        text = f"untimed_files: {self.untimed_files} file responses were timed to the app's return only"
        return sorted({*self.warnings, text})

    def error_count(self, outcomes: tuple[int, ...] | list[int]) -> int:
        """Count the errors among *outcomes*, as the setting `errors` has it."""
        _, client_errors, server_errors, _ = outcomes
        return server_errors if self.errors == "server" else client_errors + server_errors

    def merge(self, other: Snapshot) -> Snapshot:
        """Add everything up.

        Snapshots of one clock (the workers of one host) meet slot by slot. Snapshots of different clocks are first
        numbered by wall time: their slots meet to within one slot. Settings are this snapshot's.
        """
        if self.clock_id != other.clock_id:
            return self._by_wall_time()._added(other._by_wall_time())
        return self._added(other)

    def _added(self, other: Snapshot) -> Snapshot:
        monotonic, wall = max((self.monotonic, self.wall), (other.monotonic, other.wall))
        ages = [age for age in (self.oldest_in_flight, other.oldest_in_flight) if age is not None]
        resets = [reset for reset in (self.reset, other.reset) if reset is not None]
        slow_requests = sorted(self.slow_requests + other.slow_requests, reverse=True)
        return replace(
            self,
            monotonic=monotonic,
            wall=wall,
            uptime=max(self.uptime, other.uptime),
            started=min(self.started, other.started),
            reset=max(resets, default=None),
            endpoints=added(self.endpoints, other.endpoints, EndpointSnapshot.merge),
            seconds=added(self.seconds, other.seconds, SecondSnapshot.merge),
            slots=added(self.slots, other.slots, SlotSnapshot.merge),
            slow_requests=tuple(slow_requests[: self.max_slow_queries]),
            queue=self.queue.merge(other.queue),
            background=self.background.merge(other.background),
            streams=self.streams.merge(other.streams),
            websockets=self.websockets.merge(other.websockets),
            caches=added(self.caches, other.caches, CacheCounts.merge),
            in_flight=self.in_flight + other.in_flight,
            oldest_in_flight=max(ages, default=None),
            lost_in_flight=self.lost_in_flight + other.lost_in_flight,
            workers=self.workers + other.workers,
            shared=self.shared or other.shared,
            members=tuple(sorted(self.members + other.members)),
            bytes=self.bytes + other.bytes,
            untimed_files=self.untimed_files + other.untimed_files,
            warnings=self.warnings | other.warnings,
        )

    def _by_wall_time(self) -> Snapshot:
        """Number seconds and slots by wall time instead of the host's own clock."""
        if self.clock_id == _WALL_CLOCK:
            return self
        seconds = floor(self.wall) - floor(self.monotonic)
        slots = floor(self.wall / SLOT_SECONDS) - floor(self.monotonic / SLOT_SECONDS)
        endpoints = {
            name: replace(endpoint, seconds={at + seconds: count for at, count in endpoint.seconds.items()})
            for name, endpoint in self.endpoints.items()
        }
        return replace(
            self,
            monotonic=self.wall,
            clock_id=_WALL_CLOCK,
            endpoints=endpoints,
            seconds={at + seconds: second for at, second in self.seconds.items()},
            slots={at + slots: slot for at, slot in self.slots.items()},
        )


_WALL_CLOCK: Final = "wall"


def judged(outcomes: tuple[int, ...] | list[int]) -> int:
    """Count the requests that an error rate is taken of: all but those whose client left."""
    return sum(outcomes) - outcomes[CLIENT_LEFT]
