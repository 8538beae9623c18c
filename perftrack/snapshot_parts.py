"""What a `Snapshot` is made of, beside `perftrack.counted`: each part frozen, and merged by addition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from perftrack.counted import added
from perftrack.distribution import Histogram
from perftrack.histogram import COARSE_SCALE
from perftrack.labels import UNMATCHED, endpoint_name
from perftrack.outcomes import OUTCOME_NAMES

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
            added(self.statuses, other.statuses, _sum),
            self.histogram.merge(other.histogram),
            self.total + other.total,
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
            self.first_byte.merge(other.first_byte),
            self.tolerating + other.tolerating,
            self.frustrated + other.frustrated,
            self.slow + other.slow,
            added(self.seconds, other.seconds, _sum),
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
            added(self.blame, other.blame, Blame.merge),
        )


@dataclass(frozen=True, slots=True, order=True)
class WorkerPart:
    """One live worker, and its part of the requests."""

    pid: int
    uptime: float
    """Seconds."""
    requests: int
    """Since the start or the last reset."""


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
            added(self.close_codes, other.close_codes, _sum),
            self.connection_time + other.connection_time,
            self.messages_in + other.messages_in,
            self.messages_out + other.messages_out,
        )


def _sum(a: int, b: int) -> int:
    return a + b


def _zipped(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))
