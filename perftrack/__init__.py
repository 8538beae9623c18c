"""Real performance numbers for any Python web app, live, in the app's own process."""

from __future__ import annotations

from perftrack.admin import AdminRequest, AdminResponse, AllowAll, BearerToken, Decision, Tokens
from perftrack.caches import CacheStats
from perftrack.errors import SettingError
from perftrack.health import HealthPolicy
from perftrack.settings import Settings
from perftrack.snapshot import Snapshot
from perftrack.tracker import PerformanceTracker
from perftrack.trackers import get_tracker

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
