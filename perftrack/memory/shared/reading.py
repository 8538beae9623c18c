"""Adding up what the segments of several workers hold."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterator
from math import floor

from perftrack.counted import SlowRequest
from perftrack.memory.shared.layout import (
    ARRIVALS,
    SECONDS,
    SLOTS,
    UNREADABLE,
    WORD,
    Cell,
    DamagedError,
    Sum,
    record_payload,
    record_place,
)
from perftrack.memory.shared.look import Look, page_places
from perftrack.memory.shared.page import PAGE_BYTES
from perftrack.memory.shared.publisher import PEAK_BITS
from perftrack.memory.shared.records import (
    add_endpoint,
    add_second,
    add_slot,
    read_name,
    read_second,
    read_slot,
)
from perftrack.memory.shared.sums import EndpointSum, SecondSum, SlotSum
from perftrack.memory.shared.waiting import LONGEST, Waiting, page_entries, page_header
from perftrack.snapshot_parts import SecondSnapshot, SlotSnapshot, Streams, TimingSum, WebSockets
from perftrack.window import SLOT_SECONDS, WINDOW_SECONDS
from perftrack.window import SLOTS as SHOWN_SLOTS


class Counts:
    """The counts of several workers, added up."""

    def __init__(self, now: float, errors: Collection[int], apdex_threshold: float) -> None:
        """Start at zero. *now* is the end of the minute, *errors* are the outcomes that frustrate."""
        self.now = floor(now)
        self._errors = errors
        self._apdex_threshold = apdex_threshold
        self.endpoints: dict[bytes, EndpointSum] = {}
        """By the records of their names."""
        self._seconds: dict[int, SecondSum] = {}
        self._slots: dict[int, SlotSum] = {}
        self._waiting = Waiting()
        self.slow_requests: list[SlowRequest] = []
        self.queue = TimingSum()
        self.background = TimingSum()
        self.streams = Streams()
        self.websockets = WebSockets()
        self.damaged: list[str] = []
        self._name = ""
        self._requests = 0
        self._peaks: dict[int, int] = {}
        """Slot number -> most requests in flight, of the worker that is added."""

    def begin(self, name: str) -> None:
        """Turn to the worker whose segment is called *name*."""
        self._name = name
        self._requests = 0
        self._peaks.clear()

    def add(self, look: Look) -> int:
        """Add the counts of its segment, and give its requests. What is damaged in it is left out, and noted."""
        try:
            self._add(look)
        except UNREADABLE as error:
            self._note(str(error))
        return self._requests

    def _note(self, damage: str) -> None:
        self.damaged.append(f"{self._name}: {damage}")

    def _add(self, look: Look) -> None:
        directory = self._directory(look)
        endpoints = self._add_endpoints(look, directory)
        self._add_seconds(look, directory)
        self._add_slots(look, directory)
        self._add_pages(look, directory, endpoints)
        for payload in self._records(look, directory, look.layout.slow_log, 1):
            self.slow_requests += (SlowRequest(*json.loads(line)) for line in payload.decode().splitlines())
        close_codes: dict[str, int] = {}
        for payload in self._records(look, directory, look.layout.close_codes, 1):
            close_codes = json.loads(payload)
        self._add_aside(look, close_codes)

    def raise_peak(self, number: int, in_flight: int) -> None:
        """Let the worker added last have had at least so many requests in flight in slot *number*."""
        more = in_flight - self._peaks.get(number, 0)
        if more > 0:
            self._slot(number).in_flight_peak += more
            self._peaks[number] = in_flight

    def seconds(self) -> dict[int, SecondSnapshot]:
        """Give the last minute."""
        first = self.now - WINDOW_SECONDS
        return {number: second.snapshot() for number, second in self._seconds.items() if number > first}

    def added_slots(self) -> dict[int, SlotSnapshot]:
        """Give the last hour. Call it once: the seconds are added to their slots."""
        for number, second in self._seconds.items():
            self._slot(number // SLOT_SECONDS).add_second(second)
        return {number: slot.added_up() for number, slot in self._slots.items()}

    def _directory(self, look: Look) -> array[int]:
        place = look.layout.directory_at(look.cell(Cell.COMMITS))
        return array("Q", look.first[place : place + look.layout.words * WORD])

    def _records(self, look: Look, directory: array[int], begin: int, count: int) -> Iterator[bytes]:
        for word in directory[begin : begin + count]:
            payload = self._record(look, word) if word else None
            if payload is not None:
                yield payload

    def _record(self, look: Look, word: int) -> bytes | None:
        try:
            return record_payload(look.first, word)
        except DamagedError as damage:
            self._note(str(damage))
            return None

    def _add_endpoints(self, look: Look, directory: array[int]) -> dict[int, EndpointSum]:
        """Add the records of the endpoints. Give the endpoints by the numbers of their rows."""
        layout, endpoints = look.layout, dict[int, EndpointSum]()
        names = directory[layout.names : layout.names + layout.rows]
        counts = directory[layout.counts : layout.counts + layout.rows]
        for row, (name, numbers) in enumerate(zip(names, counts, strict=True)):
            endpoint = self._endpoint(look, name) if name else None
            if endpoint is None:
                continue
            endpoints[row] = endpoint
            payload = self._record(look, numbers) if numbers else None
            if payload is not None:
                self._requests += add_endpoint(payload, endpoint)
        return endpoints

    def _endpoint(self, look: Look, word: int) -> EndpointSum | None:
        """Find the endpoint whose name is in a record. A record as it was read before is as right as it was."""
        place, length = record_place(word)
        record = look.first[place : place + length]
        endpoint = self.endpoints.get(record)
        if endpoint is None:
            name = self._record(look, word)
            if name is not None:
                endpoint = self.endpoints[record] = EndpointSum(*read_name(name), self._errors, self.now)
        return endpoint

    def _add_seconds(self, look: Look, directory: array[int]) -> None:
        for payload in self._records(look, directory, look.layout.seconds, SECONDS):
            add_second(payload, self._second(read_second(payload)))

    def _add_slots(self, look: Look, directory: array[int]) -> None:
        for payload in self._records(look, directory, look.layout.slots, SLOTS):
            number = read_slot(payload)
            self._peaks[number] = add_slot(payload, self._slot(number))
        number, in_flight = divmod(look.cell(Cell.PEAK), 1 << PEAK_BITS)
        current = self.now // SLOT_SECONDS
        if current - SHOWN_SLOTS < number <= current:
            self.raise_peak(number, in_flight)

    def _second(self, number: int) -> SecondSum:
        second = self._seconds.get(number)
        if second is None:
            second = self._seconds[number] = SecondSum(self._slot(number // SLOT_SECONDS))
        return second

    def _slot(self, number: int) -> SlotSum:
        slot = self._slots.get(number)
        if slot is None:
            slot = self._slots[number] = SlotSum()
        return slot

    # -- pages -------------------------------------------------------------------------------------------------------

    def _add_pages(self, look: Look, directory: array[int], endpoints: dict[int, EndpointSum]) -> None:
        for index, place in enumerate(page_places(look.first, look.layout)):
            if len(look.pages[place]) < PAGE_BYTES:
                self._note("a page is outside of the file")
                continue
            if place + PAGE_BYTES > len(look.first):
                continue  # the file grew after the first look, and nothing in the page is older
            epoch, row, second = page_header(look, place)
            if epoch > directory[index] and row in endpoints:
                self._add_page(look, place, second, endpoints[row])

    def _add_page(self, look: Look, place: int, second: int, endpoint: EndpointSum) -> None:
        try:
            entries = page_entries(look, place)
        except DamagedError as damage:
            self._note(str(damage))
            return
        number = entries.number()
        if not number:
            return
        if second > self.now:
            self._note("a page is of a second to come")
            return
        self._requests += number
        self._waiting.add(endpoint, second, entries)

    def count_pages(self) -> None:
        """Count what waits in the pages of all workers. Call it once, when all of them have been added."""
        self._waiting.count(self._second, self._apdex_threshold)

    # -- beside the endpoints ------------------------------------------------------------------------------------------

    def _add_aside(self, look: Look, close_codes: dict[str, int]) -> None:
        self.queue = self.queue.merge(
            TimingSum(look.cell(Cell.QUEUED), look.seconds(Sum.QUEUE_TOTAL), look.seconds(Sum.QUEUE_MAXIMUM))
        )
        self.background = self.background.merge(
            TimingSum(
                look.cell(Cell.WORKED), look.seconds(Sum.BACKGROUND_TOTAL), look.seconds(Sum.BACKGROUND_MAXIMUM)
            )
        )
        self.streams = self.streams.merge(Streams(0, look.cell(Cell.STREAMS), look.seconds(Sum.STREAM_TIME)))
        self.websockets = self.websockets.merge(
            WebSockets(
                look.cell(Cell.SOCKETS_OPENED),
                0,
                look.cell(Cell.SOCKETS_REJECTED),
                close_codes,
                look.seconds(Sum.SOCKET_TIME),
                look.cell(Cell.MESSAGES_IN),
                look.cell(Cell.MESSAGES_OUT),
            )
        )


def arrivals(look: Look) -> list[float]:
    """Read the requests in flight: their arrivals, negative for event streams."""
    place = look.layout.arrivals_at
    cells = array("d", look.first[place : place + ARRIVALS * WORD])
    return [arrival for arrival in cells if 0.0 < abs(arrival) < LONGEST]
