"""One request from arrival to last byte: four readings, one outcome, recorded exactly once.

An adapter lets an `Exchange` begin when a request arrives, tells it what the protocol shows (a status, a piece of
body, the last byte, a client that left, an exception, the app's return), and decides nothing. What an adapter calls
raises nothing into the app: the methods here guard themselves, or, like `worked`, are guarded where they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Final, TypeVar

from perftrack.labels import UNMATCHED, Label
from perftrack.outcomes import CLIENT_LEFT, NO_STATUS, SERVER_ERROR, outcome_of
from perftrack.query_strings import with_query

if TYPE_CHECKING:
    from perftrack.tracker import PerformanceTracker

BACKGROUND_FLOOR: Final = 0.001
"""Seconds; an app that returns sooner after the last byte was on its way home, not at work in the background."""


class Exchange:
    """The state of one request. Adapters read and write the public attributes, which are cheaper than calls.

    `begin` makes it.
    """

    __slots__ = (
        "__weakref__",
        "arrival",
        "finish",
        "first_byte",
        "label",
        "last_piece",
        "method",
        "outcome",
        "path",
        "route",
        "source",
        "status",
        "stream",
        "tracker",
    )

    tracker: PerformanceTracker
    """Where the request will be counted."""
    label: Any
    """The `Label` that reads the route from `source` after the call; None where the route is the path, folded."""
    source: Mapping[str, Any]
    """The ASGI scope or the WSGI environ."""
    method: str
    """The request method, as sent."""
    path: str
    """The path below the app's mount point."""
    route: str | None
    """The route, once it is known."""
    status: int
    """The status sent; written by the adapter."""
    first_byte: float | None
    """Clock reading just before the first non-empty piece of body was handed over."""
    last_piece: bool
    """The last piece of body was handed over; from here on, a client that leaves had it all."""
    outcome: int | None
    """None for what the status says, as long as nothing else has shown."""
    stream: bool
    """The response is an event stream."""
    finish: float | None
    """Clock reading at the last byte, where the request is counted; None until then."""
    arrival: float
    """Clock reading at the arrival."""

    @property
    def recorded(self) -> bool:
        """Whether the request has been counted."""
        return self.finish is not None

    def piece(self) -> None:
        """Note that a non-empty piece of body is about to be handed over."""
        if self.first_byte is None:
            self.first_byte = self.tracker.clock()

    def disconnected(self) -> None:
        """Note that the client was seen to be gone; it counts only before the last piece."""
        if not self.last_piece:
            self.outcome = CLIENT_LEFT

    def complete(self) -> None:
        """Count the request, the first time: the server has taken the last byte."""
        if self.finish is None:
            self.tracker.memory.finish(self)

    def cut_short(self) -> None:
        """Note that the response ended before its last byte: no response, an unfinished body, or a cancellation."""
        if self.finish is None and self.outcome is None:
            self.outcome = SERVER_ERROR
        self.complete()

    def raised(self) -> None:
        """Note an exception out of the app. Where nothing was sent, the server answers 500, if anybody is there."""
        if self.status == NO_STATUS and self.finish is None and self.outcome is None:
            self.status = 500
        self.cut_short()

    def left(self) -> None:
        """Note that the client left before the last byte."""
        if self.finish is None:
            self.outcome = CLIENT_LEFT
        self.complete()

    def returned(self) -> None:
        """Note that the app has returned, and with it any work after the last byte."""
        if self.finish is None:
            self.cut_short()
            return
        try:
            clock = self.tracker.clock
            self.worked(clock() - self.finish)
        except Exception as error:
            self.tracker.failed(error)

    def worked(self, seconds: float) -> None:
        """Note how long the app went on after the last byte; a client that left got none."""
        if seconds >= BACKGROUND_FLOOR and self.outcome != CLIENT_LEFT:
            self.finish = inf  # a server may close a body twice
            self.tracker.memory.add_background(seconds)

    def guarded(self, note: Callable[[], None]) -> None:
        """Call *note*, one of the methods here, where an exception is on its way that nothing may replace."""
        try:
            note()
        except Exception as error:
            self.tracker.failed(error)

    def count_closely(self, finish: float) -> None:
        """Count a request that finished at *finish* and has something about it that few have."""
        memory, method, route, status = self.tracker.memory, self.method, self._route(), self.status
        duration, first_byte = finish - self.arrival, self.first_byte
        outcome = outcome_of(status) if self.outcome is None else self.outcome
        if first_byte is not None:
            first_byte -= self.arrival
        if self.stream or outcome == CLIENT_LEFT:
            stream_time = duration if self.stream else None
            memory.add_untimed(method, route, outcome, status, first_byte, finish, stream_time)
        else:
            path = self._path_to_keep(duration)
            memory.add_closely(method, route, path, outcome, status, duration, first_byte, finish)

    def _path_to_keep(self, duration: float) -> str:
        """Give what the slow log shows of this request, if it is slow."""
        tracker = self.tracker
        if not tracker.record_query_strings or duration <= tracker.slow_query_threshold:
            return self.path
        try:
            return with_query(self.path, self.source)
        except Exception as error:
            tracker.failed(error)
            return self.path

    def _route(self) -> str:
        """Ask the label, unless it has told a route before: some frameworks forget theirs before the last byte."""
        label, route = self.label, self.route
        if label is None:
            return self._folded_route()
        try:
            if route is None:
                route = label(self.source)
            if route is None or isinstance(route, str):  # whatever the user's function gives
                return UNMATCHED if route is None else route
            raise TypeError(f"the label gave {route!r}; it must give a route or None")
        except Exception as error:
            self.tracker.failed(error)
            return self._folded_route()

    def _folded_route(self) -> str:
        """Fold the path. One that is new and not found is a stranger's guess, and takes no row of its own."""
        route = self.tracker.paths.route(self.path)
        if self.status == 404 and not self.tracker.memory.knows(self.method, route):
            return UNMATCHED
        return route


E = TypeVar("E", bound=Exchange)


def begin(
    kind: type[E],
    tracker: PerformanceTracker,
    label: Label | None,
    source: Mapping[str, Any],
    method: str,
    path: str,
    route: str | None = None,
) -> E:
    """Start to measure a request with an exchange of this *kind*: take its arrival time, and note it as in flight.

    A function, because Python takes twice as long to make an object that has an `__init__`. *route* is for adapters
    that know it beforehand. For the paths that they know, they write out what is done here.
    """
    exchange = kind()
    exchange.tracker = tracker
    exchange.label = label
    exchange.source = source
    exchange.method = method
    exchange.path = path
    exchange.route = tracker.paths.route(path) if label is None and route is None else route
    exchange.status = NO_STATUS
    exchange.first_byte = exchange.finish = exchange.outcome = None
    exchange.last_piece = exchange.stream = False
    clock = tracker.clock
    exchange.arrival = clock()
    tracker.memory.live[exchange] = None
    return exchange
