"""What the admin pages need of a tracker: `PerformanceTracker` has it, and so has any stand-in for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from perftrack.parameters import Scope
    from perftrack.settings import Settings
    from perftrack.shapes import Reset
    from perftrack.snapshot import Snapshot


class Source(Protocol):
    """The numbers behind the admin pages. An answer takes one snapshot, so that its parts agree."""

    @property
    def settings(self) -> Settings:
        """Return the settings."""
        ...

    @property
    def slow_query_threshold(self) -> float:
        """Return the seconds beyond which a request is slow."""
        ...

    def snapshot(self, scope: Scope = "host") -> Snapshot:
        """Return all numbers: of all workers that share them, or of this process."""
        ...

    def reset(self) -> Reset:
        """Start all counts from zero."""
        ...

    def failed(self, error: BaseException) -> None:
        """Count an internal failure and log it once."""
        ...
