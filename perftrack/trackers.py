"""One tracker for each name, as `logging.getLogger` has loggers."""

from __future__ import annotations

import threading
from typing import Any

from perftrack.errors import SettingError
from perftrack.forks import begin_anew_after_fork
from perftrack.settings import check_setting
from perftrack.tracker import DEFAULT_NAME, PerformanceTracker


class _Trackers:
    """The trackers that `get_tracker` has made."""

    def __init__(self) -> None:
        self.by_name: dict[str, PerformanceTracker] = {}
        self.begin_anew()
        begin_anew_after_fork(self)

    def begin_anew(self) -> None:
        self.lock = threading.Lock()  # a thread of the parent may hold the old one for ever


_trackers = _Trackers()


def get_tracker(name: str = DEFAULT_NAME, **settings: Any) -> PerformanceTracker:
    """Give the tracker called *name*, made at the first call.

    Raises:
        SettingError: A setting's name or value is not allowed, or the tracker exists with other settings.
    """
    with _trackers.lock:
        tracker = _trackers.by_name.get(name)
        if tracker is None:
            tracker = _trackers.by_name[name] = PerformanceTracker(name, **settings)
            return tracker
    for setting, value in settings.items():
        check_setting(setting, value)
        existing = getattr(tracker.settings, setting)
        if existing != value:
            raise SettingError(
                f"setting {setting} is {value!r}, but tracker {name!r} exists with {existing!r}; "
                "give this app a tracker of its own: tracker=PerformanceTracker(…)"
            )
    return tracker
