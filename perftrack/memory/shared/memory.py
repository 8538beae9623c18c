"""Counters that the other workers of the host can read."""

from __future__ import annotations

import os
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any, Final, cast

from perftrack.histogram import PACKED_LIMIT
from perftrack.labels import METHODS
from perftrack.memory.aside import Aside
from perftrack.memory.clocks import Clocks
from perftrack.memory.endpoint import Endpoint
from perftrack.memory.private import PrivateMemory
from perftrack.memory.shared.arrivals import Arrivals
from perftrack.memory.shared.caches import SharedCaches
from perftrack.memory.shared.entry import EMPTY, SLOW, TIMED, UNTIMED, WHOLE, special_code
from perftrack.memory.shared.group import Group, join
from perftrack.memory.shared.layout import Cell
from perftrack.memory.shared.pages import WaitingPages
from perftrack.memory.shared.publisher import Publisher
from perftrack.memory.shared.reader import Reader
from perftrack.outcomes import outcome_of
from perftrack.window import SLOTS

if TYPE_CHECKING:
    from perftrack.caches import CacheRegistry
    from perftrack.exchange import Exchange
    from perftrack.memory.shared.naming import Membership
    from perftrack.memory.shared.segment import Segment
    from perftrack.settings import Settings
    from perftrack.snapshot import Snapshot
    from perftrack.websocket import WebSocketSession

OTHER_ROWS: Final = len(METHODS) + 2
"""Rows beside `max_endpoints`: `<unmatched>` for each method and for OTHER, and `<overflow>`."""

EMPTY_PLAIN: Final = WHOLE | EMPTY


class SharedMemory(PrivateMemory):
    """Private memory whose requests wait in pages of a segment, and whose counts are shown to others in its records.

    What is counted is whole in this process too: when the segment can grow no more, `PrivateMemory` goes on with it.
    """

    packed_limit = PACKED_LIMIT  # as long as they can be: then they are written into records in one step

    def __init__(
        self,
        settings: Settings,
        reader: Reader,
        group: Group,
        segment: Segment,
        gave_up: Callable[[PrivateMemory, OSError], None],
        caches: CacheRegistry,
    ) -> None:
        """Start at zero, as a member of *group* that owns *segment*.

        *gave_up* is told when the segment finds no more room, with the memory that goes on from there. *caches* are
        those of the app.
        """
        self.group = group
        self._reader = reader
        self._generations = group.cells
        self._gave_up = gave_up
        self._heir: PrivateMemory | None = None
        self._segment = segment
        self._publisher = Publisher(segment)
        self._pages = WaitingPages(segment, self._publisher, reader.clocks.monotonic, settings.apdex_threshold)
        super().__init__(settings, reader.clocks)
        self._turnstile = caches.ledger.turnstile
        self._caches = caches
        self._shared_caches = SharedCaches(
            caches, segment, self._follow_reset, self._show, self._read_caches_after_requests
        )
        self._arrivals = self.live = Arrivals(segment)

    def _zero(self) -> None:
        super()._zero()
        self._pages.begin_anew(self._timeline)
        self._open = self._pages.open
        self._generation = self.group.generation
        self._publisher.start(self._pages.epoch, self._generation)
        self._show_peak()

    @property
    def untimed_files(self) -> int:
        """Count the file responses that were timed to the app's return only."""
        return int(self._segment.cells[Cell.UNTIMED_FILES])

    @untimed_files.setter
    def untimed_files(self, count: int) -> None:
        self._segment.cells[Cell.UNTIMED_FILES] = count

    def show_caches(self) -> None:
        """Show the app's caches to the other workers from now on."""
        self._shared_caches.begin()

    def _read_caches_after_requests(self) -> None:
        # Not a line in `leave`: where no cache is watched, no request pays for it.
        self.leave = self._leave_and_show_caches  # type: ignore[method-assign]

    def _leave_and_show_caches(self, exchange: Exchange) -> None:
        try:
            finish = exchange.finish
            if finish is not None and finish > self._caches.due:
                began = self.clock()
                self._caches.show_watched()
                exchange.finish = finish + self.clock() - began  # reading is no work of the app's in the background
        finally:  # what nothing is in flight of is shown
            SharedMemory.leave(self, exchange)

    def reset(self) -> float:
        """Start the counting anew in all workers. Give the time, in seconds since 1970."""
        return self.group.reset(self.wall())

    # -- one request -------------------------------------------------------------------------------------------------

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

        This is the hot path: a request stores its readings in the page of its endpoint, the code that makes them whole
        last. All else happens when the page is full, its second has passed or the counts were reset.
        """
        try:
            page = self._open[method][route]
            if duration > self._notable or finish >= page.second_end or self._generations[0] != self._generation:
                self.add_closely(method, route, path, outcome_of(status), status, duration, first_byte, finish)
                return
        except KeyError:
            self.add_closely(method, route, path, outcome_of(status), status, duration, first_byte, finish)
            return
        for at in page.free:  # the next one, unless the page is full
            page.durations[at] = duration
            if first_byte is None:
                page.codes[at] = EMPTY_PLAIN | status
            else:
                page.first_bytes[at] = first_byte
                page.codes[at] = WHOLE | status
            return
        self.add_closely(method, route, path, outcome_of(status), status, duration, first_byte, finish)

    def finish(self, exchange: Exchange) -> None:
        """Count a request whose last byte the server has just taken, and let it leave."""
        clock = self.clock
        try:
            exchange.finish = finish = clock()
            if not self._keep(exchange, finish):
                exchange.count_closely(finish)
        except Exception as error:
            exchange.finish = inf  # whatever happens, once
            exchange.tracker.failed(error)
        finally:
            self.leave(exchange)

    def _keep(self, exchange: Exchange, finish: float) -> bool:
        """Store the readings of a request. Give False, and do nothing, where it must be looked at closely."""
        try:
            route = exchange.route
            if route is None:
                route = exchange.label(exchange.source)
            page = self._open[exchange.method][route]
        except Exception:  # a new endpoint, or a label that fails
            return False
        duration, first_byte = finish - exchange.arrival, exchange.first_byte
        if (
            duration > self._notable
            or exchange.outcome is not None
            or exchange.stream
            or finish >= page.second_end
            or self._generations[0] != self._generation
        ):
            return False
        for at in page.free:  # the next one, unless the page is full
            page.durations[at] = duration
            if first_byte is None:
                page.codes[at] = EMPTY_PLAIN | exchange.status
            else:
                page.first_bytes[at] = first_byte - exchange.arrival
                page.codes[at] = WHOLE | exchange.status
            return True
        return False

    def leave(self, exchange: Exchange) -> None:
        """Note that a request, which entered `live` at its arrival, is no longer in flight."""
        live, slot = self._arrivals, self._timeline.slot
        if len(live) > slot.in_flight_peak:
            slot.see(len(live))
            self._show_peak()
        live.leave(exchange)

    def _show_peak(self) -> None:
        self._publisher.show_peak(self._timeline.slot_number, self._timeline.slot.in_flight_peak)

    def show_stream(self, exchange: Exchange) -> None:
        """Note that a request in flight is an event stream."""
        self._arrivals.show_stream(exchange)

    def add_background(self, seconds: float) -> None:
        """Count work after the last byte."""
        self._change_aside_soon(lambda aside: aside.add_background(seconds))

    def add_queue(self, seconds: float) -> None:
        """Count the time between a proxy and arrival."""
        self._change_aside_soon(lambda aside: aside.add_queue(seconds))

    def set_max_slow_queries(self, count: int) -> None:
        """Change the length of the slow log; the newest entries stay."""
        super().set_max_slow_queries(count)
        self._reader.max_slow_queries = count
        self._turnstile.soon(self._show, self._publisher.show_slow_log, self._slow_log)

    # -- WebSockets --------------------------------------------------------------------------------------------------

    def open_socket(self, session: WebSocketSession) -> None:
        """Note an accepted WebSocket."""
        self._sockets[session] = None
        self._change_aside_soon(lambda aside: aside.count_socket("opened"))

    def count_socket(self, what: str) -> None:
        """Count one of `rejected`, `messages_in` and `messages_out`."""
        self._change_aside_soon(lambda aside: aside.count_socket(what))

    def close_socket(self, session: WebSocketSession, code: str, seconds: float) -> None:
        """Note that an accepted WebSocket ended."""
        self._sockets.pop(session, None)
        self._change_aside_soon(lambda aside: aside.close_socket(code, seconds))

    # -- readers -----------------------------------------------------------------------------------------------------

    def snapshot(self, warnings: frozenset[str], alone: bool = False) -> Snapshot:
        """Read the segments of all workers, this one's with them, and add them up; *alone* reads this one's only."""
        with self._turnstile:
            self._follow_reset()
        return self.group.snapshot(self._reader, self._segment.name, warnings, alone)

    def forget(self) -> None:
        """Close what is open. In the child after a fork: its parent's lock stays, and its own counts start anew."""
        self._segment.forget()
        self.group.leave()

    # -- inside the turnstile ------------------------------------------------------------------------------------------

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
        slow = duration > self.slow_query_threshold
        plain = outcome == outcome_of(status) and duration <= self._notable
        code = WHOLE | status if plain else special_code(SLOW if slow else TIMED, outcome, status)
        endpoint = self._store(method, route, code, duration, first_byte, finish)
        if endpoint is None:
            self._heir_of_mine()._add(method, route, path, outcome, status, duration, first_byte, finish)
        elif slow:
            self._slow_log.add(endpoint, path, outcome, status, duration, first_byte)
            self._show(self._publisher.show_slow_log, self._slow_log)

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
        code = special_code(UNTIMED, outcome, status)
        if self._store(method, route, code, 0.0, first_byte, finish) is None:
            self._heir_of_mine()._add_untimed(method, route, outcome, status, first_byte, finish, stream_time)
        elif stream_time is not None:
            self._change_aside(lambda aside: aside.add_stream(stream_time))

    def _store(
        self, method: str, route: str, code: int, duration: float, first_byte: float | None, finish: float
    ) -> Endpoint | None:
        """Store the readings of one request. Give its endpoint; None when there is no room, and nothing was stored."""
        if self._heir is not None:
            return None
        try:
            return self._stored(method, route, code, duration, first_byte, finish)
        except OSError as error:
            self._go_private(error)
            return None

    def _stored(
        self, method: str, route: str, code: int, duration: float, first_byte: float | None, finish: float
    ) -> Endpoint:
        self._follow_reset()
        endpoint = self._entered(method, route, finish)
        self._pages.store(endpoint, code, duration, first_byte)
        return endpoint

    def _endpoint(self, method: str, route: str) -> Endpoint:
        endpoint = super()._endpoint(method, route)
        if not self._pages.has(endpoint):
            self._publisher.name(endpoint)
            self._pages.open_for(endpoint)
        if self._rows.overflowed:
            self._segment.cells[Cell.ROWS_FULL] = 1
        return endpoint

    def _move_on(self, endpoint: Endpoint, finish: float) -> None:
        if finish < endpoint.second_end:
            return
        self._pages.close_of(endpoint)
        if finish >= self._timeline.second_end:
            self._turn(finish)
        endpoint.enter(self._timeline)
        self._pages.open_for(endpoint)

    def _turn(self, finish: float) -> None:
        number = self._timeline.slot_number
        self._timeline.turn(finish, self.live)
        self._timeline.tidy(SLOTS)
        if self._timeline.slot_number != number:
            self._publisher.note_peak(number)
            self._pages.commit()
            self._show_peak()

    def _change_aside_soon(self, change: Callable[[Aside], None]) -> None:
        self._turnstile.soon(self._change_aside, change)

    def _change_aside(self, change: Callable[[Aside], None]) -> None:
        self._follow_reset()
        change(self._aside)
        self._show(self._publisher.show_aside, self._aside, len(self._sockets))

    def _show(self, show: Callable[..., None], *arguments: Any) -> None:
        try:
            show(*arguments)
        except OSError as error:
            self._go_private(error)

    def _follow_reset(self) -> None:
        if self._generations[0] != self._generation:
            self._shared_caches.begin_anew()
            self._zero()

    # -- no room -------------------------------------------------------------------------------------------------------

    def _go_private(self, error: OSError) -> None:
        """Go on with what this process has counted, and alone: the segment keeps what it shows."""
        if self._heir is not None:
            return
        self._pages.count_everything()
        heir = PrivateMemory.__new__(PrivateMemory)
        vars(heir).update(vars(self), live=self._arrivals.hide(), untimed_files=self.untimed_files)
        vars(heir).update(_reset_wall=self.group.last_reset, forget=self.forget)
        vars(heir).pop("leave", None)  # which shows the caches to others
        self._heir = heir
        self._gave_up(heir, error)

    def _heir_of_mine(self) -> PrivateMemory:
        return cast("PrivateMemory", self._heir)  # who gets no endpoint from `_store` finds an heir


def join_group(
    membership: Membership,
    settings: Settings,
    clocks: Clocks,
    gave_up: Callable[[PrivateMemory, OSError], None],
    caches: CacheRegistry,
) -> SharedMemory:
    """Make this process a member.

    Raises:
        OSError: There is no place, no room or no permission.
    """
    reader = Reader(clocks, settings)
    group, segment = join(membership, reader, settings.max_endpoints + OTHER_ROWS, os.environ)
    return SharedMemory(settings, reader, group, segment, gave_up, caches)
