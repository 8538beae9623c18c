"""A tracker that tells what the admin pages asked of it, and short ways to ask them."""

from __future__ import annotations

import json
from typing import Any

from perftrack import PerformanceTracker, Snapshot
from perftrack.admin import Admin, AdminRequest, AdminResponse, AllowAll
from perftrack.parameters import Scope
from perftrack.shapes import Reset
from tests.support import FakeClock

WALL = 1_768_473_000.0  # 2026-01-15T10:30:00Z
TOKEN = "sixteen-or-more-characters"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


class WatchedTracker(PerformanceTracker):
    """A real tracker with a clock that stands still; it has seen one request for each of its endpoints."""

    def __init__(self, *routes: str) -> None:
        super().__init__(clock=FakeClock(), wall=lambda: WALL)
        self.calls: list[str] = []
        self.failures: list[BaseException] = []
        self.broken: Exception | None = None
        for route in routes or ("/projects",):
            self.record("GET", route, 200, 0.125)

    def snapshot(self, scope: Scope = "host") -> Snapshot:
        """Fail if the test wants it, else answer."""
        self.calls.append("snapshot")
        if self.broken is not None:
            raise self.broken
        return super().snapshot()

    def reset(self) -> Reset:
        """Reset, and remember it."""
        self.calls.append("reset")
        return super().reset()

    def failed(self, error: BaseException) -> None:
        """Remember the failure."""
        self.failures.append(error)


def opened(*routes: str) -> tuple[Admin, WatchedTracker]:
    """Return admin pages that are open to all, and their tracker with the endpoints GET *routes*."""
    tracker = WatchedTracker(*routes)
    return Admin(tracker, access=AllowAll()), tracker


def get(admin: Admin, target: str, **headers: str) -> AdminResponse:
    """Ask for *target*, a path with or without a query."""
    path, _, query = target.partition("?")
    return admin.handle(AdminRequest("GET", path, query, headers))


def decoded(response: AdminResponse) -> Any:
    """Return the JSON of an answer."""
    return json.loads(response.body)


def header(response: AdminResponse, name: str) -> str | None:
    """Return the one value of a header, `None` without it."""
    values = [value for key, value in response.headers if key.lower() == name.lower()]
    assert len(values) <= 1, f"{name} is sent {len(values)} times"
    return values[0] if values else None
