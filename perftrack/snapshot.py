"""Snapshot: frozen and mergeable, the only thing that flows out of a tracker.

It holds what was counted, not what follows from it: percentages, percentiles and verdicts are worked out by whoever
reads it (`report`, `health`). Merging two snapshots, of workers or of hosts, is addition: commutative and associative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import floor
from typing import Final, TypeVar

from perftrack.histogram import COARSE_SCALE, Histogram
from perftrack.labels import UNMATCHED, endpoint_name
from perftrack.outcomes import CLIENT_LEFT, OUTCOME_NAMES
from perftrack.shapes import OutcomeName

SLOT_SECONDS: Final = 10
"""Length of a slot of the last hour."""

SLOTS: Final = 360
"""Slots of the last hour, the current one included."""

_V = TypeVar("_V")
_NO_OUTCOMES: Final[tuple[int, ...]] = (0,) * len(OUTCOME_NAMES)


@dataclass(frozen=True, slots=True)
class TimingSum:
    """A reading kept as count, total and maximum (0.0 when empty), in seconds."""

    count: int = 0
    total: float = 0.0
    maximum: float = 0.0

    def merge(self, other: TimingSum) -> TimingSum:
        """Add counts and totals, keep the larger maximum."""
        return TimingSum(self.count + other.count, self.total + other.total, max(self.maximum, other.maximum))


@dataclass(frozen=True, slots=True)
class EndpointSnapshot:
    """One endpoint since start or reset."""

    method: str
    route: str
    statuses: Mapping[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """(outcome, status) -> requests; status 0 stands for none."""
    histogram: Histogram = Histogram()
    """Durations of the timed requests: all but event streams and clients that left."""
    total: float = 0.0
    """Seconds, the durations added up."""
    minimum: float = float("inf")
    maximum: float = 0.0
    first_byte: TimingSum = TimingSum()
    tolerating: int = 0
    """Requests between the apdex threshold and four times it, without error."""
    frustrated: int = 0
    """Requests over four times the apdex threshold, and all errors."""
    slow: int = 0
    seconds: Mapping[int, int] = field(default_factory=dict[int, int])
    """Requests by second of the monotonic clock, over the last minute."""

    @property
    def name(self) -> str:
        """The name in all answers: method and route."""
        return endpoint_name(self.method, self.route)

    @property
    def matched(self) -> bool:
        """Whether the app found a route."""
        return self.route != UNMATCHED

    def outcomes(self) -> list[int]:
        """Count the requests by outcome."""
        counts: list[int] = [*_NO_OUTCOMES]
        for (outcome, _), count in self.statuses.items():
            counts[outcome] += count
        return counts

    def merge(self, other: EndpointSnapshot) -> EndpointSnapshot:
        """Add everything up; the name stays this one's."""
        return EndpointSnapshot(
            self.method,
            self.route,
            _added(self.statuses, other.statuses, _sum),
            self.histogram.merge(other.histogram),
            self.total + other.total,
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
            self.first_byte.merge(other.first_byte),
            self.tolerating + other.tolerating,
            self.frustrated + other.frustrated,
            self.slow + other.slow,
            _added(self.seconds, other.seconds, _sum),
        )


@dataclass(frozen=True, slots=True)
class SecondSnapshot:
    """What finished within one second."""

    outcomes: tuple[int, ...] = _NO_OUTCOMES
    histogram: Histogram = Histogram()

    def merge(self, other: SecondSnapshot) -> SecondSnapshot:
        """Add everything up."""
        return SecondSnapshot(_zipped(self.outcomes, other.outcomes), self.histogram.merge(other.histogram))


@dataclass(frozen=True, slots=True)
class Blame:
    """What one endpoint contributed to a slot's errors and slow requests."""

    client_errors: int = 0
    server_errors: int = 0
    slow: int = 0

    def merge(self, other: Blame) -> Blame:
        """Add everything up."""
        return Blame(
            self.client_errors + other.client_errors,
            self.server_errors + other.server_errors,
            self.slow + other.slow,
        )


@dataclass(frozen=True, slots=True)
class SlotSnapshot:
    """What finished within one slot of ten seconds."""

    outcomes: tuple[int, ...] = _NO_OUTCOMES
    unmatched: tuple[int, ...] = _NO_OUTCOMES
    """The part of *outcomes* for which the app found no route: not judged by health."""
    slow: int = 0
    unmatched_slow: int = 0
    maximum: float = 0.0
    busy_seconds: float = 0.0
    in_flight_peak: int = 0
    histogram: Histogram = Histogram(scale=COARSE_SCALE)
    blame: Mapping[str, Blame] = field(default_factory=dict[str, Blame])
    """Endpoint name -> its errors and slow requests; endpoints without a route are left out."""

    def merge(self, other: SlotSnapshot) -> SlotSnapshot:
        """Add everything up; the peak too, so that it is an upper bound."""
        return SlotSnapshot(
            _zipped(self.outcomes, other.outcomes),
            _zipped(self.unmatched, other.unmatched),
            self.slow + other.slow,
            self.unmatched_slow + other.unmatched_slow,
            max(self.maximum, other.maximum),
            self.busy_seconds + other.busy_seconds,
            self.in_flight_peak + other.in_flight_peak,
            self.histogram.merge(other.histogram),
            _added(self.blame, other.blame, Blame.merge),
        )


@dataclass(frozen=True, slots=True, order=True)
class SlowRequest:
    """One request that lasted longer than the threshold; ordered by the time it finished."""

    wall: float
    """Finish time, seconds since 1970."""
    worker: int
    method: str
    route: str
    path: str
    status: int
    outcome: int
    duration: float
    first_byte: float = -1.0
    """Seconds; -1 for an empty body."""

    @property
    def outcome_name(self) -> OutcomeName:
        """The outcome in words."""
        return OUTCOME_NAMES[self.outcome]


@dataclass(frozen=True, slots=True)
class Streams:
    """Event streams."""

    open: int = 0
    finished: int = 0
    connection_time: float = 0.0

    def merge(self, other: Streams) -> Streams:
        """Add everything up."""
        return Streams(
            self.open + other.open, self.finished + other.finished, self.connection_time + other.connection_time
        )


@dataclass(frozen=True, slots=True)
class WebSockets:
    """WebSocket connections."""

    opened: int = 0
    open: int = 0
    rejected: int = 0
    close_codes: Mapping[str, int] = field(default_factory=dict[str, int])
    connection_time: float = 0.0
    messages_in: int = 0
    messages_out: int = 0

    def merge(self, other: WebSockets) -> WebSockets:
        """Add everything up."""
        return WebSockets(
            self.opened + other.opened,
            self.open + other.open,
            self.rejected + other.rejected,
            _added(self.close_codes, other.close_codes, _sum),
            self.connection_time + other.connection_time,
            self.messages_in + other.messages_in,
            self.messages_out + other.messages_out,
        )


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
    in_flight: int = 0
    oldest_in_flight: float | None = None
    """Age in seconds of the oldest request in flight, event streams aside."""
    lost_in_flight: int = 0
    workers: int = 1
    shared: bool = False
    """Whether the numbers are of all workers of a host rather than of one process."""
    bytes: int = 0
    """Memory that the counters take."""
    warnings: frozenset[str] = frozenset()
    errors: str = "all"
    max_endpoints: int = 500
    max_slow_queries: int = 50

    @property
    def since(self) -> float:
        """The last reset, else the start, in seconds since 1970."""
        return self.started if self.reset is None else self.reset

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
            endpoints=_added(self.endpoints, other.endpoints, EndpointSnapshot.merge),
            seconds=_added(self.seconds, other.seconds, SecondSnapshot.merge),
            slots=_added(self.slots, other.slots, SlotSnapshot.merge),
            slow_requests=tuple(slow_requests[: self.max_slow_queries]),
            queue=self.queue.merge(other.queue),
            background=self.background.merge(other.background),
            streams=self.streams.merge(other.streams),
            websockets=self.websockets.merge(other.websockets),
            in_flight=self.in_flight + other.in_flight,
            oldest_in_flight=max(ages, default=None),
            lost_in_flight=self.lost_in_flight + other.lost_in_flight,
            workers=self.workers + other.workers,
            shared=self.shared or other.shared,
            bytes=self.bytes + other.bytes,
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


def _sum(a: int, b: int) -> int:
    return a + b


def _zipped(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))


_K = TypeVar("_K")


def _added(a: Mapping[_K, _V], b: Mapping[_K, _V], merge: Callable[[_V, _V], _V]) -> dict[_K, _V]:
    merged = dict(a)
    for key, value in b.items():
        merged[key] = merge(merged[key], value) if key in merged else value
    return merged
