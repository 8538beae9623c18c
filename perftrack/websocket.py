"""One WebSocket connection: counted apart, in no request number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftrack.tracker import PerformanceTracker

NO_CODE: Final = "none"
"""Stands for the close code of a connection that ended without one."""

OTHER_CODE: Final = "other"
"""Stands for the close codes that came when MAX_CLOSE_CODES were taken: clients choose them."""

MAX_CLOSE_CODES: Final = 32

INTERNAL_ERROR: Final = 1011
"""What servers send when the app raises (RFC 6455, section 7.4.1)."""


class WebSocketSession:
    """The state of one connection. Each method notes one event; none is counted twice, none raises."""

    __slots__ = ("_accepted_at", "_ended", "tracker")

    def __init__(self, tracker: PerformanceTracker) -> None:
        """Start with a handshake that nobody has answered."""
        self.tracker = tracker
        self._accepted_at: float | None = None
        self._ended = False

    def accepted(self) -> None:
        """Note that the app accepted the connection."""
        self._guarded(self._accept)

    def message_in(self) -> None:
        """Note a message from the client."""
        self._guarded(lambda: self.tracker.memory.count_socket("messages_in"))

    def message_out(self) -> None:
        """Note a message to the client."""
        self._guarded(lambda: self.tracker.memory.count_socket("messages_out"))

    def ended(self, code: int | None = None) -> None:
        """Note the end, with its close code if one was seen. Before it was accepted, the end is a rejection."""
        self._guarded(lambda: self._end(code))

    def _accept(self) -> None:
        if self._accepted_at is None and not self._ended:
            self._accepted_at = self.tracker.clock()
            self.tracker.memory.open_socket(self)

    def _end(self, code: int | None) -> None:
        if self._ended:
            return
        self._ended = True
        if self._accepted_at is None:
            self.tracker.memory.count_socket("rejected")
            return
        seconds = self.tracker.clock() - self._accepted_at
        self.tracker.memory.close_socket(self, NO_CODE if code is None else str(code), seconds)

    def _guarded(self, note: Callable[[], None]) -> None:
        try:
            note()
        except Exception as error:
            self.tracker.failed(error)
