"""The bounded log of slow requests of one process."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable

from perftrack.counted import SlowRequest
from perftrack.labels import bounded_text
from perftrack.memory.endpoint import Endpoint


class SlowLog:
    """The newest slow requests. The owner's lock guards them."""

    def __init__(self, length: int, wall: Callable[[], float]) -> None:
        """Keep at most *length* of them; *wall* gives their times."""
        self._requests: deque[SlowRequest] = deque(maxlen=length)
        self._wall = wall

    def set_length(self, length: int) -> None:
        """Keep another number; the newest stay."""
        self._requests = deque(self._requests, maxlen=length)

    def add(
        self, endpoint: Endpoint, path: str, outcome: int, status: int, duration: float, first_byte: float | None
    ) -> None:
        """Add a request that has just finished."""
        shown = -1.0 if first_byte is None else first_byte
        method, route, worker = endpoint.method, endpoint.route, os.getpid()
        self._requests.append(
            SlowRequest(self._wall(), worker, method, route, bounded_text(path), status, outcome, duration, shown)
        )

    def newest_first(self) -> tuple[SlowRequest, ...]:
        """Copy the log."""
        return tuple(sorted(self._requests, reverse=True))
