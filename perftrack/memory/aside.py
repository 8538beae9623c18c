"""What is counted beside the endpoints: readings of few requests, event streams, WebSockets."""

from __future__ import annotations

from collections import Counter

from perftrack.snapshot_parts import Streams, TimingSum, WebSockets
from perftrack.websocket import MAX_CLOSE_CODES, OTHER_CODE


class Aside:
    """Plain sums. The owner's lock guards them."""

    def __init__(self) -> None:
        """Start at zero."""
        self.queue = TimingSum()
        self.background = TimingSum()
        self.streams = Streams()
        self._sockets: Counter[str] = Counter()
        self._close_codes: Counter[str] = Counter()
        self._socket_time = 0.0

    def add_queue(self, seconds: float) -> None:
        """Count the time between a proxy and arrival."""
        self.queue = self.queue.merge(TimingSum(1, seconds, seconds))

    def add_background(self, seconds: float) -> None:
        """Count work after the last byte."""
        self.background = self.background.merge(TimingSum(1, seconds, seconds))

    def add_stream(self, seconds: float) -> None:
        """Count an event stream that ended after *seconds*."""
        self.streams = self.streams.merge(Streams(0, 1, seconds))

    def count_socket(self, what: str) -> None:
        """Count one of `opened`, `rejected`, `messages_in` and `messages_out`."""
        self._sockets[what] += 1

    def close_socket(self, code: str, seconds: float) -> None:
        """Count a WebSocket that ended after *seconds*."""
        known = code in self._close_codes or len(self._close_codes) < MAX_CLOSE_CODES
        self._close_codes[code if known else OTHER_CODE] += 1
        self._socket_time += seconds

    def websockets(self, open_now: int) -> WebSockets:
        """Copy the numbers of WebSockets, with *open_now* of them open."""
        return WebSockets(
            opened=self._sockets["opened"],
            open=open_now,
            rejected=self._sockets["rejected"],
            close_codes=dict(self._close_codes),
            connection_time=self._socket_time,
            messages_in=self._sockets["messages_in"],
            messages_out=self._sockets["messages_out"],
        )
