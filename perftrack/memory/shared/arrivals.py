"""The requests in flight, where the other workers see them."""

from __future__ import annotations

from perftrack.exchange import Exchange
from perftrack.memory.shared.layout import ARRIVALS, Cell
from perftrack.memory.shared.segment import Segment

NO_CELL = -1


class Arrivals(dict[Exchange, "int | None"]):
    """Requests in flight, oldest first, each with its cell in the segment: its arrival, negative for an event stream.

    A request that finds all cells taken is only counted. The count is stored, never added to: threads that did so at
    once would make it wrong for ever.
    """

    def __init__(self, segment: Segment) -> None:
        """Start with nothing in flight."""
        super().__init__()
        self._cells = segment.arrivals
        self._counts = segment.cells
        self._free = list(range(ARRIVALS - 1, -1, -1))
        self._more: set[Exchange] = set()

    def __setitem__(self, exchange: Exchange, cell: int | None) -> None:
        try:
            cell = self._free.pop()
        except IndexError:
            cell = NO_CELL
            self._more.add(exchange)
            self._counts[Cell.MORE_IN_FLIGHT] = len(self._more)
        else:
            self._cells[cell] = exchange.arrival
        super().__setitem__(exchange, cell)

    def leave(self, exchange: Exchange) -> None:
        """Take a request out, if it is still in."""
        cell = self.pop(exchange, None)
        if cell is None:
            return
        if cell == NO_CELL:
            self._more.discard(exchange)
            self._counts[Cell.MORE_IN_FLIGHT] = len(self._more)
            return
        self._cells[cell] = 0.0
        self._free.append(cell)

    def show_stream(self, exchange: Exchange) -> None:
        """Show that a request in flight is an event stream."""
        cell = self.get(exchange)
        if cell is not None and cell != NO_CELL:
            self._cells[cell] = -exchange.arrival

    def hide(self) -> dict[Exchange, int | None]:
        """Show nothing more in the segment; give the requests in flight."""
        self._free.clear()
        self._cells[:] = memoryview(bytes(self._cells.nbytes)).cast("d")
        self._counts[Cell.MORE_IN_FLIGHT] = 0
        return dict.fromkeys(self)
