"""Where a request enters: to the admin pages, past perftrack, or into an `Exchange`. One for each wrapped app."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from perftrack.admin import Access, Admin, AdminRequest, AdminResponse
from perftrack.errors import SettingError
from perftrack.exchange import E, begin
from perftrack.labels import MAX_TEXT, FoldedPaths, Label
from perftrack.queueing import queue_seconds
from perftrack.tracker import PerformanceTracker
from perftrack.trackers import get_tracker
from perftrack.websocket import WebSocketSession


def chosen_tracker(tracker: PerformanceTracker | None, settings: Mapping[str, Any]) -> PerformanceTracker:
    """Give *tracker*; None means `get_tracker()`, made with *settings*.

    Raises:
        SettingError: A value is not allowed, or both *tracker* and *settings* are given.
    """
    if tracker is not None and settings:
        raise SettingError(f"tracker= has settings of its own: give {', '.join(settings)} to the tracker")
    return tracker or get_tracker(**settings)


class Entrance:
    """What the adapters share. None of the methods raises into a request."""

    def __init__(
        self,
        tracker: PerformanceTracker | None,
        access: Access,
        admin_prefix: str | None,
        label: Label | None,
        settings: Mapping[str, Any],
    ) -> None:
        """Choose the tracker and mount the admin pages.

        Args:
            tracker: The tracker; None takes `get_tracker()`, made with *settings*.
            access: Who may see the admin pages, see `perftrack.admin.access`.
            admin_prefix: Where they are; None takes the setting.
            label: Reads the route of a request; None folds the ids in its path.
            settings: Settings by keyword, only without *tracker*.

        Raises:
            SettingError: A value is not allowed, or both *tracker* and *settings* are given.
        """
        self.tracker = chosen_tracker(tracker, settings)
        self.admin = Admin(self.tracker, access, admin_prefix)
        self.label = label
        self.trust_queue_header = self.tracker.settings.trust_queue_header
        self.prefix = self.admin.prefix
        self.known: dict[str, str | None] = {}
        """path -> route of requests about which none of the checks here has anything to say; None: the label tells."""
        self._skip = self.tracker.skip

    def admin_rest(self, path: str) -> str | None:
        """Give what follows the admin prefix in *path*; None when *path* is the app's own."""
        return self.admin.rest(path)

    def exchange(self, kind: type[E], source: Mapping[str, Any], method: str, path: str) -> E | None:
        """Start to measure a request of the app. None when it is not counted, or perftrack fails."""
        if path in self._skip:
            return None
        try:
            route = self.tracker.paths.route(path) if self.label is None else None
            if not self.trust_queue_header:
                self._remember(path, route)
            return begin(kind, self.tracker, self.label, source, method, path, route)
        except Exception as error:
            self.tracker.failed(error)
            return None

    def _remember(self, path: str, route: str | None) -> None:
        """Let the next request of *path* come in without a check.

        Not one with letters beyond ASCII, which adapters may get in another form.
        """
        if len(path) > MAX_TEXT or not path.isascii():
            return
        if len(self.known) >= FoldedPaths.LIMIT:
            self.known.clear()
        self.known[path] = route

    def admin_exchange(self, kind: type[E], source: Mapping[str, Any], method: str, rest: str) -> E | None:
        """Start to measure an admin request. None unless the setting `track_admin` is on."""
        if not self.tracker.settings.track_admin:
            return None
        route = self.prefix + rest if self.admin.knows(rest) else None
        try:
            return begin(kind, self.tracker, lambda _: route, source, method, self.prefix + rest)
        except Exception as error:
            self.tracker.failed(error)
            return None

    def session(self, path: str) -> WebSocketSession | None:
        """Start to measure a WebSocket. None when it is not counted."""
        return None if path in self._skip else WebSocketSession(self.tracker)

    def queued(self, header: Callable[[], str | None]) -> None:
        """Count the time in the queue, read from what *header* gives."""
        try:
            text = header()
            seconds = None if text is None else queue_seconds(text, self.tracker.wall())
            if seconds is not None:
                self.tracker.memory.add_queue(seconds)
        except Exception as error:
            self.tracker.failed(error)

    def answer(self, request: AdminRequest) -> AdminResponse:
        """Answer an admin request."""
        return self.admin.handle(request)
