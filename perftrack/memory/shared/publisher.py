"""Shows the counts of this process to the other workers: writes the records of its segment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from perftrack.counted import SlowRequest
from perftrack.memory.aside import Aside
from perftrack.memory.endpoint import Endpoint
from perftrack.memory.shared.layout import SECONDS, SLOTS, Cell, Sum
from perftrack.memory.shared.page import Page
from perftrack.memory.shared.records import endpoint_record, name_record, second_record, slot_record
from perftrack.memory.shared.segment import Segment
from perftrack.memory.slow_log import SlowLog
from perftrack.memory.timeline import Tally, Timeline
from perftrack.window import SLOT_SECONDS

PEAK_BITS: Final = 32


class Publisher:
    """Knows what has changed since the last commit. The owner's turnstile guards it.

    Every method may raise OSError when the segment can grow no more.
    """

    def __init__(self, segment: Segment) -> None:
        """Start with a segment that shows nothing."""
        self._segment = segment
        self._forget()

    def _forget(self) -> None:
        self._rows: dict[Endpoint, int] = {}
        self._endpoints: set[Endpoint] = set()
        self._tallies: dict[int, Tally] = {}
        self._peaks: set[int] = set()
        """Slots that have ended, with the most requests in flight that they saw."""
        self._seconds: set[int] = set()
        """Seconds that have a record."""
        self._slots: set[int] = set()
        self._slow_lines: dict[SlowRequest, str] = {}
        self._close_codes: Mapping[str, int] = {}

    def start(self, epoch: int, generation: int) -> None:
        """Show nothing, as what was counted since reset number *generation*; pages up to *epoch* count no more."""
        self._forget()
        self._segment.clear(epoch)
        self._segment.commit()
        self.show_aside(Aside(), self._segment.cells[Cell.SOCKETS_OPEN])
        self._segment.cells[Cell.ROWS_FULL] = 0
        self._segment.cells[Cell.GENERATION] = generation

    def name(self, endpoint: Endpoint) -> None:
        """Show that the endpoint has a row, so that its pages can be understood."""
        row = len(self._rows)
        self._segment.put(self._segment.layout.names + row, name_record(endpoint.method, endpoint.route))
        self._segment.commit()
        self._segment.cells[Cell.SEEN] = 1
        self._rows[endpoint] = row

    def row_of(self, endpoint: Endpoint) -> int:
        """Give the number by which pages call the endpoint."""
        return self._rows[endpoint]

    def note_change(self, endpoint: Endpoint, second: int, tally: Tally) -> None:
        """Note that requests of *second* were counted."""
        self._endpoints.add(endpoint)
        self._tallies[second] = tally

    def note_peak(self, slot: int) -> None:
        """Note that a slot has ended, so that `show_peak` shows the next one."""
        self._peaks.add(slot)

    def commit(self, counted: Iterable[Page], timeline: Timeline) -> None:
        """Show all changes, and that the records hold the requests of the *counted* pages, at once."""
        try:
            self._put_endpoints()
            self._put_timeline(timeline)
        except OSError:
            self._segment.roll_back()
            raise
        for page in counted:
            self._segment.mark_counted(page)
        self._segment.commit()

    def _put_endpoints(self) -> None:
        for endpoint in self._endpoints:
            self._segment.put(self._segment.layout.counts + self._rows[endpoint], endpoint_record(endpoint))
        self._endpoints.clear()

    def _put_timeline(self, timeline: Timeline) -> None:
        """Write the seconds and slots that changed: by requests, or because a second was poured into its slot."""
        layout, gone = self._segment.layout, self._seconds - timeline.seconds.keys()
        slots = {second // SLOT_SECONDS for second in gone | self._tallies.keys()} | self._peaks
        for second in gone:
            self._segment.drop(layout.seconds + second % SECONDS)
        for number in self._slots - timeline.slots.keys():
            self._segment.drop(layout.slots + number % SLOTS)
        changed = self._tallies.keys() & timeline.seconds.keys()
        for second in changed:
            record = second_record(second, timeline.seconds[second])
            self._segment.put(layout.seconds + second % SECONDS, record)
        for number in slots & timeline.slots.keys():
            self._segment.put(layout.slots + number % SLOTS, slot_record(number, timeline.slots[number]))
        self._seconds = (self._seconds - gone) | changed
        self._slots = (self._slots | slots) & timeline.slots.keys()
        self._tallies.clear()
        self._peaks.clear()

    def show_slow_log(self, slow_log: SlowLog) -> None:
        """Show the slow log."""
        requests = slow_log.newest_first()
        lines = [self._slow_lines.get(request) or json.dumps(request) for request in requests]
        self._slow_lines = dict(zip(requests, lines, strict=True))
        self._segment.put(self._segment.layout.slow_log, "\n".join(lines).encode())
        self._segment.commit()

    def show_peak(self, slot: int, in_flight: int) -> None:
        """Show the most requests in flight in a slot."""
        self._segment.cells[Cell.PEAK] = slot << PEAK_BITS | in_flight

    def show_aside(self, aside: Aside, sockets_open: int) -> None:
        """Show what is counted beside the endpoints."""
        cells, sums, sockets = self._segment.cells, self._segment.sums, aside.sockets
        cells[Cell.SOCKETS_OPEN] = sockets_open
        cells[Cell.SOCKETS_OPENED] = sockets["opened"]
        cells[Cell.SOCKETS_REJECTED] = sockets["rejected"]
        cells[Cell.MESSAGES_IN] = sockets["messages_in"]
        cells[Cell.MESSAGES_OUT] = sockets["messages_out"]
        cells[Cell.STREAMS] = aside.streams_finished
        cells[Cell.QUEUED] = aside.queued.count
        cells[Cell.WORKED] = aside.worked.count
        sums[Sum.SOCKET_TIME] = aside.socket_time
        sums[Sum.STREAM_TIME] = aside.stream_time
        sums[Sum.QUEUE_TOTAL], sums[Sum.QUEUE_MAXIMUM] = aside.queued.total, aside.queued.maximum
        sums[Sum.BACKGROUND_TOTAL] = aside.worked.total
        sums[Sum.BACKGROUND_MAXIMUM] = aside.worked.maximum
        self._show_close_codes(aside.close_codes)

    def _show_close_codes(self, close_codes: Mapping[str, int]) -> None:
        if close_codes != self._close_codes:
            self._segment.put(self._segment.layout.close_codes, json.dumps(close_codes).encode())
            self._segment.commit()
            self._close_codes = dict(close_codes)
