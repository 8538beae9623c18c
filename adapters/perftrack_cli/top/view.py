"""What the user has chosen to see in `perftrack top`, and what each key does to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from perftrack.shapes import EndpointStats

Sort = Literal["time_share", "requests", "rpm", "errors", "p95", "name"]
SORTS: tuple[Sort, ...] = get_args(Sort)
SORT_KEYS: Mapping[str, Sort] = {
    "t": "time_share",
    "n": "requests",
    "m": "rpm",
    "e": "errors",
    "l": "p95",
    "a": "name",
}
INTERVALS = (1.0, 2.0, 5.0, 10.0, 30.0)
LONGEST_FILTER = 60

Row = tuple[str, EndpointStats]


@dataclass(frozen=True, slots=True)
class View:
    """The choices. `first` is the first row shown."""

    interval: float = 2.0
    sort: Sort = "time_share"
    reverse: bool = False
    filter: str = ""
    typing: bool = False
    paused: bool = False
    help: bool = False
    first: int = 0
    leaving: bool = False

    def rows(self, endpoints: Mapping[str, EndpointStats]) -> list[Row]:
        """Return the rows of *endpoints* that pass the filter, in the chosen order; equals go by name."""
        words = self.filter.casefold().split()
        chosen = [(name, row) for name, row in endpoints.items() if all(word in name.casefold() for word in words)]
        chosen.sort(key=lambda each: each[0], reverse=self.sort == "name" and self.reverse)
        if self.sort != "name":
            # Stable, in both directions: rows that are equal must not change places at each update.
            chosen.sort(key=VALUES[self.sort], reverse=not self.reverse)
        return chosen

    def scrolled(self, count: int, room: int) -> View:
        """Return the view with a first row that there is: of *count* rows *room* are shown."""
        return replace(self, first=max(0, min(self.first, count - room)))


VALUES: Mapping[Sort, Callable[[Row], float]] = {
    "time_share": lambda each: each[1]["time_share"],
    "requests": lambda each: each[1]["total_requests"],
    "rpm": lambda each: each[1]["requests_per_minute"],
    "errors": lambda each: each[1]["total_errors"],
    "p95": lambda each: each[1]["p95_duration"] or 0.0,
}


def pressed(view: View, key: str, room: int) -> View:
    """Return the view after *key*; *room* rows are a page. A key without a meaning changes nothing."""
    if view.typing:
        return _typed(view, key)
    if view.help:
        return replace(view, help=False, leaving=key == "q")
    if key in SORT_KEYS:
        return replace(view, sort=SORT_KEYS[key], reverse=view.reverse and view.sort == SORT_KEYS[key], first=0)
    if key in STEPS:
        return replace(view, first=max(0, view.first + STEPS[key](room)))
    return ACTIONS[key](view) if key in ACTIONS else view


def _typed(view: View, key: str) -> View:
    if key in ("enter", "escape"):
        return replace(view, typing=False, filter="" if key == "escape" else view.filter)
    if key == "backspace":
        return replace(view, filter=view.filter[:-1], first=0)
    if key == "clear":
        return replace(view, filter="", first=0)
    if len(key) == 1 and key.isprintable() and len(view.filter) < LONGEST_FILTER:
        return replace(view, filter=view.filter + key, first=0)
    return view


def _next_sort(view: View, step: int) -> View:
    return replace(view, sort=SORTS[(SORTS.index(view.sort) + step) % len(SORTS)], reverse=False, first=0)


def _faster(view: View) -> View:
    return replace(view, interval=max((each for each in INTERVALS if each < view.interval), default=view.interval))


def _slower(view: View) -> View:
    return replace(view, interval=min((each for each in INTERVALS if each > view.interval), default=view.interval))


def _pause(view: View) -> View:
    return replace(view, paused=not view.paused)


STEPS: Mapping[str, Callable[[int], int]] = {
    "up": lambda room: -1,
    "k": lambda room: -1,
    "down": lambda room: 1,
    "j": lambda room: 1,
    "page up": lambda room: -room,
    "page down": lambda room: room,
    "home": lambda room: -1_000_000,
    "g": lambda room: -1_000_000,
    "end": lambda room: 1_000_000,
    "G": lambda room: 1_000_000,
}
ACTIONS: Mapping[str, Callable[[View], View]] = {
    "q": lambda view: replace(view, leaving=True),
    "p": _pause,
    " ": _pause,
    "s": lambda view: _next_sort(view, 1),
    "S": lambda view: _next_sort(view, -1),
    "r": lambda view: replace(view, reverse=not view.reverse, first=0),
    "/": lambda view: replace(view, typing=True),
    "escape": lambda view: replace(view, filter="", first=0),
    "+": _faster,
    "=": _faster,
    "-": _slower,
    "?": lambda view: replace(view, help=True),
    "h": lambda view: replace(view, help=True),
}
