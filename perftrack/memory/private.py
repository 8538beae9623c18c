"""Counters as plain objects of this process."""

from __future__ import annotations

import os
from math import floor, inf
from typing import TYPE_CHECKING, Final

from perftrack.labels import OTHER_METHOD, OVERFLOW
from perftrack.memory.aside import Aside
from perftrack.memory.clocks import Clocks
from perftrack.memory.endpoint import BUSY, FULL, Endpoint
from perftrack.memory.rows import Rows
from perftrack.memory.slow_log import SlowLog
from perftrack.memory.timeline import Timeline
from perftrack.memory.turnstile import Turnstile
from perftrack.outcomes import error_outcomes, outcome_of
from perftrack.window import SLOTS

if TYPE_CHECKING:
    from perftrack.exchange import Exchange
    from perftrack.settings import Settings
    from perftrack.snapshot import Snapshot
    from perftrack.snapshot_parts import EndpointSnapshot
    from perftrack.websocket import WebSocketSession


AT_A_TIME: Final = 2
"""Seconds that one request closes at most. One more comes each second: two, or they would never get fewer."""


class PrivateMemory:
    """All counters of one tracker in this process.

    A request appends its readings to a list and is done; a batch of them is counted when it is full, when its second
    has passed, or when somebody reads. So the numbers that are read are always complete.

    A `Turnstile` guards the counting, so that no request ever waits.
    """

    packed_limit: float = BUSY
    """Requests of an endpoint up to which its histogram is packed."""

    def __init__(self, settings: Settings, clocks: Clocks) -> None:
        """Start at zero."""
        self.clock = clocks.monotonic
        self.wall = clocks.wall
        self._clocks = clocks
        self._setting = settings.errors
        self.max_endpoints = settings.max_endpoints
        self.max_slow_queries = settings.max_slow_queries
        self.slow_query_threshold = settings.slow_query_threshold
        self.apdex_threshold = settings.apdex_threshold
        self._errors = error_outcomes(settings.errors)
        self._notable = min(self.slow_query_threshold, self.apdex_threshold)
        """Seconds; a longer request needs a closer look."""
        self._turnstile = Turnstile()
        self.live: dict[Exchange, int | None] = {}
        """The requests in flight, oldest first."""
        self._sockets: dict[WebSocketSession, None] = {}
        self._reset_wall: float | None = None
        self._zero()

    def forget(self) -> None:
        """Let go of what is not of this process. In the child after a fork: here, nothing."""

    def show_caches(self) -> None:
        """Show the app's caches to the other workers. Here, there are none."""

    def reset(self) -> float:
        """Start the counting anew, with what is in flight kept. Give the time, in seconds since 1970."""
        with self._turnstile:
            self._zero()
            self._reset_wall = self.wall()
            return self._reset_wall

    def _zero(self) -> None:
        self._rows = Rows(self.max_endpoints, self._errors, self.packed_limit)
        self._by_method = self._rows.by_method
        self.untimed_files = 0
        """File responses that were timed to the app's return only."""
        self._timeline = Timeline(self.clock(), len(self.live))
        self._slow_log = SlowLog(self.max_slow_queries, self.wall)
        self._aside = Aside()

    # -- one request ---------------------------------------------------------------------------------------------

    def finish(self, exchange: Exchange) -> None:  # noqa: C901 - see below
        """Count a request whose last byte the server has just taken, and let it leave.

        This is the hot path: a request leaves its readings with its endpoint (see `Endpoint.wait`). The lock is taken
        for the first of a second, for a batch that is full, and for what must be looked at closely. All in one piece:
        a call that comes once a request costs as much as ten lines.
        """
        clock, live = self.clock, self.live
        try:
            exchange.finish = finish = clock()
            try:
                route = exchange.route
                if route is None:
                    route = exchange.label(exchange.source)
                endpoint = self._by_method[exchange.method][route]
            except Exception:  # a new endpoint, or a label that fails
                exchange.count_closely(finish)
                return
            duration, first_byte = finish - exchange.arrival, exchange.first_byte
            if (
                duration > self._notable
                or exchange.outcome is not None
                or exchange.stream
                or (finish >= endpoint.second_end and not self._enter(endpoint, finish))
            ):
                exchange.count_closely(finish)
                return
            if first_byte is not None:
                first_byte -= exchange.arrival
            waiting = endpoint.waiting
            waiting += (exchange.status, duration, first_byte)
            if len(waiting) >= FULL:
                self._turnstile.attempt(endpoint.count)
        except Exception as error:
            exchange.finish = inf  # whatever happens, once
            exchange.tracker.failed(error)
        finally:
            try:  # noqa: SIM105 - one more call
                del live[exchange]
            except KeyError:  # it arrived before a fork
                pass
            slot = self._timeline.slot
            if len(live) >= slot.in_flight_peak:
                slot.see(len(live) + 1)

    def show_stream(self, exchange: Exchange) -> None:
        """Note that a request in flight is an event stream. Its `stream` says so to this process; others need more."""

    def add(
        self,
        method: str,
        route: str,
        path: str,
        status: int,
        duration: float,
        first_byte: float | None,
        finish: float,
    ) -> None:
        """Count one timed request with the outcome that its status says, which finished at *finish*, by the clock.

        For those that have no exchange, as `finish` does it for the others.
        """
        try:
            endpoint = self._by_method[method][route]
        except KeyError:
            self.add_closely(method, route, path, outcome_of(status), status, duration, first_byte, finish)
            return
        if duration > self._notable or (finish >= endpoint.second_end and not self._enter(endpoint, finish)):
            self.add_closely(method, route, path, outcome_of(status), status, duration, first_byte, finish)
            return
        waiting = endpoint.waiting
        waiting += (status, duration, first_byte)
        if len(waiting) >= FULL:
            self._turnstile.attempt(endpoint.count)

    def add_closely(
        self,
        method: str,
        route: str,
        path: str,
        outcome: int,
        status: int,
        duration: float,
        first_byte: float | None,
        finish: float,
    ) -> None:
        """Count one timed request with any outcome."""
        self._turnstile.soon(self._add, method, route, path, outcome, status, duration, first_byte, finish)

    def add_untimed(
        self,
        method: str,
        route: str,
        outcome: int,
        status: int,
        first_byte: float | None,
        finish: float,
        stream_time: float | None,
    ) -> None:
        """Count one request without a duration: its client left, or it was an event stream of *stream_time* seconds."""
        self._turnstile.soon(self._add_untimed, method, route, outcome, status, first_byte, finish, stream_time)

    def add_background(self, seconds: float) -> None:
        """Count work after the last byte."""
        self._turnstile.soon(self._aside.add_background, seconds)

    def add_queue(self, seconds: float) -> None:
        """Count the time between a proxy and arrival."""
        self._turnstile.soon(self._aside.add_queue, seconds)

    def set_slow_query_threshold(self, seconds: float) -> None:
        """Change the threshold for the requests that finish from now on."""
        with self._turnstile:
            self.slow_query_threshold = seconds
            self._notable = min(seconds, self.apdex_threshold)

    def set_max_slow_queries(self, count: int) -> None:
        """Change the length of the slow log; the newest entries stay."""
        with self._turnstile:
            self.max_slow_queries = count
            self._slow_log.set_length(count)

    # -- WebSockets ----------------------------------------------------------------------------------------------

    def open_socket(self, session: WebSocketSession) -> None:
        """Note an accepted WebSocket."""
        self._sockets[session] = None
        self._turnstile.soon(self._aside.count_socket, "opened")

    def count_socket(self, what: str) -> None:
        """Count one of `rejected`, `messages_in` and `messages_out`."""
        self._turnstile.soon(self._aside.count_socket, what)

    def close_socket(self, session: WebSocketSession, code: str, seconds: float) -> None:
        """Note that an accepted WebSocket ended."""
        self._sockets.pop(session, None)
        self._turnstile.soon(self._aside.close_socket, code, seconds)

    # -- readers -------------------------------------------------------------------------------------------------

    def snapshot(self, warnings: frozenset[str], alone: bool = False) -> Snapshot:
        """Copy all numbers, which are of this process, *alone* or not.

        The lock is given back between two endpoints, so that a big copy delays no request.
        """
        from perftrack.snapshot import Snapshot
        from perftrack.snapshot_parts import Streams, WorkerPart

        with self._turnstile:
            now = self.clock()
            self._timeline.turn(now, self.live)
            self._timeline.tidy(SLOTS)
            self._timeline.slot.see(len(self.live))
            rows = list(self._rows.by_name.values())
        endpoints = {row.name: self._copy(row, floor(now)) for row in rows}
        size = self._rows.size() + sum(row.size() for row in rows)
        live = [exchange for exchange in list(self.live) if not exchange.recorded]
        arrivals = [exchange.arrival for exchange in live if not exchange.stream]
        streams = Streams(open=len(live) - len(arrivals))
        if self._rows.overflowed:
            warnings |= {f"more than {self.max_endpoints} endpoints: the rest is counted in {OTHER_METHOD} {OVERFLOW}"}
        with self._turnstile:
            return Snapshot(
                monotonic=now,
                wall=self.wall(),
                clock_id=self._clocks.name,
                uptime=now - self._clocks.born,
                started=self._clocks.started,
                reset=self._reset_wall,
                endpoints=endpoints,
                seconds=self._timeline.snapshot_seconds(),
                slots=self._timeline.snapshot_slots(),
                slow_requests=self._slow_log.newest_first(),
                queue=self._aside.queue,
                background=self._aside.background,
                streams=self._aside.streams.merge(streams),
                websockets=self._aside.websockets(len(self._sockets)),
                in_flight=len(live),
                oldest_in_flight=max(0.0, now - min(arrivals)) if arrivals else None,
                members=(WorkerPart(os.getpid(), now - self._clocks.born, sum(row.number for row in rows)),),
                bytes=size,
                untimed_files=self.untimed_files,
                warnings=warnings,
                errors=self._setting,
                max_endpoints=self.max_endpoints,
                max_slow_queries=self.max_slow_queries,
            )

    def _copy(self, row: Endpoint, now: int) -> EndpointSnapshot:
        with self._turnstile:
            row.count()
            return row.snapshot(now)

    def knows(self, method: str, route: str) -> bool:
        """Tell whether the endpoint has a row."""
        return self._rows.knows(method, route)

    # -- inside the turnstile --------------------------------------------------------------------------------------

    def _add(
        self,
        method: str,
        route: str,
        path: str,
        outcome: int,
        status: int,
        duration: float,
        first_byte: float | None,
        finish: float,
    ) -> None:
        endpoint = self._entered(method, route, finish)
        if outcome == outcome_of(status):
            endpoint.wait(status, duration, first_byte)
        else:
            endpoint.count_one(outcome, status, duration, first_byte, endpoint.tally)
        if duration > self._notable:
            self._note(endpoint, path, outcome, status, duration, first_byte)

    def _add_untimed(
        self,
        method: str,
        route: str,
        outcome: int,
        status: int,
        first_byte: float | None,
        finish: float,
        stream_time: float | None,
    ) -> None:
        endpoint = self._entered(method, route, finish)
        endpoint.count_one(outcome, status, None, first_byte, endpoint.tally)
        if stream_time is not None:
            self._aside.add_stream(stream_time)

    def _entered(self, method: str, route: str, finish: float) -> Endpoint:
        """Find the row of a request that finished at *finish*, ready to take it.

        A request whose clock was read just before a second ended may count in the next one: time never goes back.
        """
        try:
            endpoint = self._by_method[method][route]
        except KeyError:
            endpoint = self._endpoint(method, route)
        self._move_on(endpoint, finish)
        return endpoint

    def _enter(self, endpoint: Endpoint, finish: float) -> bool:
        """Let *endpoint* take requests of the second of *finish*; False when the turnstile is taken."""
        return self._turnstile.attempt(self._move_on, endpoint, finish)

    def _move_on(self, endpoint: Endpoint, finish: float) -> None:
        """Let *endpoint* take requests of the second of *finish*, if it does not yet."""
        timeline = self._timeline
        if finish < endpoint.second_end:
            return
        if timeline.untidy:
            timeline.tidy(AT_A_TIME)
        if finish >= timeline.second_end:
            timeline.turn(finish, self.live)
        endpoint.enter(timeline)

    def _endpoint(self, method: str, route: str) -> Endpoint:
        """Find the row of an endpoint."""
        return self._rows.row(method, route, self._timeline)

    def _note(
        self, endpoint: Endpoint, path: str, outcome: int, status: int, duration: float, first_byte: float | None
    ) -> None:
        slow = duration > self.slow_query_threshold
        endpoint.note(outcome, duration, self.apdex_threshold, slow, endpoint.tally.slot)
        if slow:
            self._slow_log.add(endpoint, path, outcome, status, duration, first_byte)
