"""The pages in which the requests of one worker wait: opened, closed, counted, and used again."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final

from perftrack.memory.endpoint import Endpoint
from perftrack.memory.shared.counting import Readings, count_readings
from perftrack.memory.shared.entry import WHOLE
from perftrack.memory.shared.page import Page
from perftrack.memory.shared.publisher import Publisher
from perftrack.memory.shared.segment import Segment
from perftrack.memory.timeline import Timeline

COMMIT_PAGES: Final = 16
"""Counted pages that wait for a commit. More would be cheaper on average, with a longer pause to write the records."""

PATIENCE: Final = 1.0
"""Seconds after which an entry that was taken and never stored is given up: its thread was interrupted for good."""


class WaitingPages:
    """The pages of a segment: one is open for each endpoint that had a request in the current second.

    A closed page is counted, then waits for the commit that shows its counts in the records, then is idle until an
    endpoint needs one. The owner's turnstile guards all this; requests only look up what is in `open`.

    Where a page is needed or counted, there is an OSError when the segment can grow no more.
    """

    def __init__(
        self, segment: Segment, publisher: Publisher, clock: Callable[[], float], apdex_threshold: float
    ) -> None:
        """Start with no page; `begin_anew` comes first."""
        self.open: dict[str, dict[str | None, Page]] = {}
        """method -> route -> page: what each request looks up. None stands for `<unmatched>`, as labels have it."""
        self.epoch = 0
        """The highest one given to a page so far."""
        self._segment = segment
        self._publisher = publisher
        self._clock = clock
        self._apdex_threshold = apdex_threshold
        self._timeline: Timeline
        self._pages: dict[Endpoint, Page] = {}
        """The page that is open for an endpoint."""
        self._unfinished: list[tuple[float, Endpoint, Page]] = []
        """Closed pages in which a thread is still storing, and when they were closed."""
        self._counted: list[Page] = []
        """Pages that the records will hold with the next commit."""
        self._idle: list[Page] = []

    def begin_anew(self, timeline: Timeline) -> None:
        """Forget what waits. What comes belongs to *timeline*."""
        for page in self._pages.values():
            page.close()
        closed = [*self._pages.values(), *(page for *_, page in self._unfinished)]
        # A page in which a thread is still storing is not used again.
        self._idle += [page for page in self._counted if page.reusable]
        self._idle += [page for page in closed if 0 not in page.readings().by_code()]
        self._counted.clear()
        self._unfinished.clear()
        self._pages.clear()
        self.open = {}
        self._timeline = timeline

    def has(self, endpoint: Endpoint) -> bool:
        """Tell whether a page is open for *endpoint*."""
        return endpoint in self._pages

    def store(self, endpoint: Endpoint, code: int, duration: float, first_byte: float | None) -> None:
        """Store the readings of one request in the page of *endpoint*, or in a further one."""
        # None where an exception from outside, such as a signal handler's, came between a page and the next.
        page = self._pages.get(endpoint) or self.open_for(endpoint)
        at = next(page.free, None)
        while at is None:
            self.close_of(endpoint)
            page = self.open_for(endpoint)
            at = next(page.free, None)
        page.put(at, code, duration, first_byte)

    def open_for(self, endpoint: Endpoint) -> Page:
        """Open a page for *endpoint*, in the second of the timeline."""
        page = self._idle.pop() if self._idle else self._segment.new_page()
        self.epoch += 1
        page.open(self._publisher.row_of(endpoint), self._timeline, self.epoch)
        self._pages[endpoint] = page
        self.open.setdefault(endpoint.method, {})[endpoint.route if endpoint.matched else None] = page
        return page

    def close_of(self, endpoint: Endpoint) -> None:
        """Close the page of *endpoint*, and count what is closed."""
        page = self._pages.pop(endpoint, None)
        if page is None:
            return
        page.close()
        self._unfinished.append((self._clock(), endpoint, page))
        self._count_closed()

    def commit(self) -> None:
        """Let the records hold what has been counted, and its pages be used again."""
        self._publisher.commit(self._counted, self._timeline)
        self._idle += [page for page in self._counted if page.reusable]
        self._counted.clear()

    def count_everything(self) -> None:
        """Close and count all that is whole, at the end: nothing is shown of it."""
        for endpoint, page in self._pages.items():
            page.close()
            self._unfinished.append((-inf, endpoint, page))
        for _, endpoint, page in self._unfinished:
            readings = page.readings().chosen(WHOLE, WHOLE)
            count_readings(endpoint, page.tally, readings, readings.by_code(), self._apdex_threshold)
        self._unfinished.clear()
        self._pages.clear()
        self.open.clear()

    def _count_closed(self) -> None:
        """Count the closed pages, those aside in which a thread is still storing."""
        waiting, self._unfinished = self._unfinished, []
        for closed_at, endpoint, page in waiting:
            readings = page.readings()
            by_code = readings.by_code()
            if 0 in by_code:
                if self._clock() < closed_at + PATIENCE:
                    self._unfinished.append((closed_at, endpoint, page))
                    continue
                readings = readings.chosen(WHOLE, WHOLE)
            self._count(endpoint, page, readings, by_code)
        if len(self._counted) >= COMMIT_PAGES:
            self.commit()

    def _count(self, endpoint: Endpoint, page: Page, readings: Readings, by_code: dict[int, int]) -> None:
        if not by_code:
            self._idle.append(page)
            return
        page.reusable = by_code.pop(0, 0) == 0
        count_readings(endpoint, page.tally, readings, by_code, self._apdex_threshold)
        self._counted.append(page)
        self._publisher.note_change(endpoint, page.second, page.tally)
