"""Real performance numbers for any Python web app, live, in the app's own process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftrack.admin import AdminRequest, AdminResponse, AllowAll, BearerToken, Decision, Tokens
from perftrack.caches import CacheStats
from perftrack.errors import SettingError
from perftrack.settings import Settings
from perftrack.tracker import PerformanceTracker
from perftrack.trackers import get_tracker

if TYPE_CHECKING:
    from perftrack.health import HealthPolicy
    from perftrack.snapshot import Snapshot

__version__ = "0.1.0"

__all__ = [
    "AdminRequest",
    "AdminResponse",
    "AllowAll",
    "BearerToken",
    "CacheStats",
    "Decision",
    "HealthPolicy",
    "PerformanceTracker",
    "SettingError",
    "Settings",
    "Snapshot",
    "Tokens",
    "__version__",
    "get_tracker",
]

_READING = {"HealthPolicy": "perftrack.health", "Snapshot": "perftrack.snapshot"}
"""What only a reader of the numbers needs, and where it is: imported when it is asked for, so that an app starts
without it."""

if not TYPE_CHECKING:  # which would take any name for one of ours

    def __getattr__(name: str) -> type:
        """Import what an app starts without."""
        if name not in _READING:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_READING[name]), name)

    def __dir__() -> list[str]:
        """List the names, also those that an app starts without."""
        return sorted({*globals(), *_READING})
