"""What is counted beside the endpoints: readings of few requests, event streams, WebSockets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from perftrack.websocket import MAX_CLOSE_CODES, OTHER_CODE

if TYPE_CHECKING:
    from perftrack.snapshot_parts import Streams, TimingSum, WebSockets


class Timings:
    """A reading kept as count, total and maximum (0.0 when empty), in seconds."""

    __slots__ = ("count", "maximum", "total")

    def __init__(self) -> None:
        """Start at zero."""
        self.count = 0
        self.total = 0.0
        self.maximum = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.count += 1
        self.total += seconds
        self.maximum = max(self.maximum, seconds)

    def snapshot(self) -> TimingSum:
        """Copy the numbers."""
        from perftrack.snapshot_parts import TimingSum

        return TimingSum(self.count, self.total, self.maximum)


class Aside:
    """Plain sums. The owner's lock guards them."""

    def __init__(self) -> None:
        """Start at zero."""
        self.queued = Timings()
        """Times between a proxy and arrival."""
        self.worked = Timings()
        """Work after the last byte."""
        self.streams_finished = 0
        self.stream_time = 0.0
        """Seconds, of the streams that finished."""
        self.sockets: Counter[str] = Counter()
        """WebSockets that were `opened` and `rejected`, their `messages_in` and `messages_out`."""
        self.close_codes: Counter[str] = Counter()
        self.socket_time = 0.0
        """Seconds, of the WebSockets that ended."""

    def add_queue(self, seconds: float) -> None:
        """Count the time between a proxy and arrival."""
        self.queued.add(seconds)

    def add_background(self, seconds: float) -> None:
        """Count work after the last byte."""
        self.worked.add(seconds)

    def add_stream(self, seconds: float) -> None:
        """Count an event stream that ended after *seconds*."""
        self.streams_finished += 1
        self.stream_time += seconds

    def count_socket(self, what: str) -> None:
        """Count one of `opened`, `rejected`, `messages_in` and `messages_out`."""
        self.sockets[what] += 1

    def close_socket(self, code: str, seconds: float) -> None:
        """Count a WebSocket that ended after *seconds*."""
        known = code in self.close_codes or len(self.close_codes) < MAX_CLOSE_CODES
        self.close_codes[code if known else OTHER_CODE] += 1
        self.socket_time += seconds

    # -- readers -------------------------------------------------------------------------------------------------

    @property
    def queue(self) -> TimingSum:
        """Copy the times between a proxy and arrival."""
        return self.queued.snapshot()

    @property
    def background(self) -> TimingSum:
        """Copy the work after the last byte."""
        return self.worked.snapshot()

    @property
    def streams(self) -> Streams:
        """Copy the event streams that finished."""
        from perftrack.snapshot_parts import Streams

        return Streams(0, self.streams_finished, self.stream_time)

    def websockets(self, open_now: int) -> WebSockets:
        """Copy the numbers of WebSockets, with *open_now* of them open."""
        from perftrack.snapshot_parts import WebSockets

        return WebSockets(
            opened=self.sockets["opened"],
            open=open_now,
            rejected=self.sockets["rejected"],
            close_codes=dict(self.close_codes),
            connection_time=self.socket_time,
            messages_in=self.sockets["messages_in"],
            messages_out=self.sockets["messages_out"],
        )
