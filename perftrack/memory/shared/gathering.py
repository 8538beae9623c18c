"""From the segments of a group to a Snapshot. Imported by the first reader."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING

from perftrack.labels import OTHER_METHOD, OVERFLOW
from perftrack.memory.shared.layout import Cell
from perftrack.memory.shared.members import Member
from perftrack.memory.shared.reading import Counts, arrivals
from perftrack.outcomes import error_outcomes
from perftrack.snapshot import Snapshot
from perftrack.snapshot_parts import Streams, WebSockets, WorkerPart
from perftrack.window import SLOT_SECONDS, SLOTS

if TYPE_CHECKING:
    from perftrack.memory.shared.group import Group
    from perftrack.memory.shared.reader import Reader


def gathered(
    reader: Reader, group: Group, members: Sequence[Member], warnings: frozenset[str], shared: bool
) -> Snapshot:
    """Add up *members*, as many of them as count since the last reset."""
    now, wall = reader.clocks.monotonic(), reader.clocks.wall()
    counts = Counts(now, error_outcomes(reader.settings.errors), reader.settings.apdex_threshold)
    parts = _Parts(now)
    for member in members:
        current = member.look.cell(Cell.GENERATION) == group.generation
        counts.begin(member.name)
        parts.add(member, counts.add(member.look) if current else 0, counts, current)
    counts.count_pages()
    born, started = (group.born, group.started) if shared else (reader.clocks.born, reader.clocks.started)
    endpoints = {endpoint.name: endpoint.added_up() for endpoint in counts.endpoints.values()}
    warnings |= parts.warnings(reader.settings.max_endpoints) | {f"skipped: {what}" for what in counts.damaged}
    return Snapshot(
        monotonic=now,
        wall=wall,
        clock_id=reader.clocks.name,
        uptime=now - born,
        started=started,
        reset=group.last_reset,
        endpoints=endpoints,
        seconds=counts.seconds(),
        slots=counts.added_slots(),
        slow_requests=tuple(sorted(counts.slow_requests, reverse=True)[: reader.max_slow_queries]),
        queue=counts.queue,
        background=counts.background,
        streams=counts.streams.merge(Streams(open=parts.streams)),
        websockets=counts.websockets.merge(WebSockets(open=parts.sockets)),
        in_flight=parts.in_flight,
        oldest_in_flight=max(0.0, now - min(parts.arrivals)) if parts.arrivals else None,
        lost_in_flight=parts.lost,
        workers=len(parts.workers),
        members=tuple(sorted(parts.workers)),
        shared=shared,
        bytes=parts.bytes,
        untimed_files=parts.untimed_files,
        warnings=warnings,
        errors=reader.settings.errors,
        max_endpoints=reader.settings.max_endpoints,
        max_slow_queries=reader.max_slow_queries,
    )


class _Parts:
    """What is counted of each worker beside its requests."""

    def __init__(self, now: float) -> None:
        self._now = now
        self.workers: list[WorkerPart] = []
        self.arrivals: list[float] = []
        """Of the requests in flight, event streams aside."""
        self.in_flight = self.streams = self.sockets = self.lost = self.bytes = self.untimed_files = 0
        self._rows_full = False

    def add(self, member: Member, requests: int, counts: Counts, current: bool) -> None:
        """Add one worker; *current* says whether it counts since the last reset."""
        look, in_flight = member.look, arrivals(member.look)
        number = len(in_flight) + look.cell(Cell.MORE_IN_FLIGHT)
        self.bytes += len(look.first)
        self.untimed_files += look.cell(Cell.UNTIMED_FILES) if current else 0
        self._rows_full |= bool(current and look.cell(Cell.ROWS_FULL))
        if not member.alive:
            self.lost += number if current else 0
            return
        self.in_flight += number
        self.streams += sum(arrival < 0 for arrival in in_flight)
        self.arrivals += (arrival for arrival in in_flight if arrival > 0)
        self.sockets += look.cell(Cell.SOCKETS_OPEN)
        if number:
            self._raise_peaks(counts, in_flight, number)
        if number or look.cell(Cell.SEEN):
            self.workers.append(WorkerPart(look.identity.pid, self._now - look.identity.born, requests))

    def _raise_peaks(self, counts: Counts, in_flight: Sequence[float], number: int) -> None:
        """Let each slot show the requests in flight that began in it or before: their owner may be waiting for one."""
        current, arrived = floor(self._now / SLOT_SECONDS), sorted(map(abs, in_flight))
        counts.raise_peak(current, number)
        for slot in range(max(floor(arrived[0] / SLOT_SECONDS), current - SLOTS + 1) if arrived else current, current):
            counts.raise_peak(slot, bisect_left(arrived, (slot + 1) * SLOT_SECONDS))

    def warnings(self, max_endpoints: int) -> frozenset[str]:
        """Say what the numbers do not."""
        if not self._rows_full:
            return frozenset()
        return frozenset({f"more than {max_endpoints} endpoints: the rest is counted in {OTHER_METHOD} {OVERFLOW}"})
