"""The clocks of a tracker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks, and what they showed when the tracker began to count in this process."""

    monotonic: Callable[[], float]
    """Float seconds."""
    wall: Callable[[], float]
    """Seconds since 1970."""
    name: str
    """Of the monotonic clock: equal for all processes of one boot of one host."""
    born: float = field(init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "born", self.monotonic())
        object.__setattr__(self, "started", self.wall())
