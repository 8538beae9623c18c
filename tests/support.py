"""What several tests use."""

from __future__ import annotations


class FakeClock:
    """A clock that stands still until a test moves it; call it for the time, in seconds."""

    def __init__(self, start: float = 1000.0) -> None:
        self._now = start

    def __call__(self) -> float:
        """Tell the time."""
        return self._now

    def tick(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self._now += seconds
