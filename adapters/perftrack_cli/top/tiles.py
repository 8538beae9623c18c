"""The tiles of `perftrack top`: a number, the last five minutes of it, and the change against the five before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from perftrack.shapes import SeriesSlot
from perftrack.terminal.table import percent, seconds
from perftrack.terminal.text import printable
from perftrack_cli.top.glyphs import Glyphs, Values
from perftrack_cli.top.reading import Reading

UNITS = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
SLOTS = 30
"""Five minutes of slots of ten seconds."""

MEANINGS: Mapping[str, str] = {
    "requests": "finished since the start or the last reset",
    "per minute": "finished in the current second and the 59 before it",
    "errors": "percent of the requests, without those whose client left",
    "p50": "half of the requests took at most as long",
    "p95": "95 of 100 took at most as long",
    "p99": "99 of 100 took at most as long",
    "slow": "took longer than slow_query_threshold",
    "in flight": "being served now",
    "uptime": "since the app started",
    "workers": "processes whose numbers these are",
}


class Tile(NamedTuple):
    """What one tile shows; a trend is oldest first."""

    label: str
    value: str
    trend: Values = ()
    change: str = ""


def count(value: float) -> str:
    """Return a number in at most six columns: `99,999`, `1.23M`."""
    if value < 99999.5:
        return f"{value:,.0f}"
    size, unit = next((size, unit) for size, unit in UNITS if value >= size * 0.9995)
    return f"{value / size:.3g}{unit}"


def tiles(reading: Reading, glyphs: Glyphs) -> list[Tile]:
    """Return the tiles, in the order of `MEANINGS`."""
    stats, spent = reading.stats, reading.stats["duration"]
    # The newest slot is being filled still: beside full ones it would look like a fall.
    slots = reading.series["slots"][:-1]
    now, before = slots[-SLOTS:], slots[-2 * SLOTS : -SLOTS]
    draw = _Drawer(now, before, glyphs)
    return [
        draw.tile("requests", count(stats["total_requests"]), _requests, _sum),
        draw.tile("per minute", count(stats["requests_per_minute"]), _requests, _sum),
        draw.tile("errors", percent(stats["error_rate"]), _error_rate, _mean),
        draw.tile("p50", seconds(spent["p50"]), lambda slot: slot["p50"], _mean),
        draw.tile("p95", seconds(spent["p95"]), lambda slot: slot["p95"], _mean),
        draw.tile("p99", seconds(spent["p99"]), lambda slot: slot["p99"], _mean),
        draw.tile("slow", count(stats["slow_queries_count"]), lambda slot: slot["slow"], _sum),
        draw.tile("in flight", count(stats["in_flight"]), lambda slot: slot["in_flight_peak"], _mean),
        Tile("uptime", printable(reading.health["metrics"]["uptime"])),
        Tile("workers", count(stats["workers"]), change=f"of this {printable(stats['scope'])}"),
    ]


Number = Callable[[SeriesSlot], float | None]
Summary = Callable[[list[SeriesSlot], Number], float | None]


class _Drawer(NamedTuple):
    now: list[SeriesSlot]
    before: list[SeriesSlot]
    glyphs: Glyphs

    def tile(self, label: str, value: str, number: Number, summary: Summary) -> Tile:
        change = self._change(summary(self.before, number), summary(self.now, number))
        return Tile(label, value, [number(slot) for slot in self.now], change)

    def _change(self, before: float | None, now: float | None) -> str:
        if not before or now is None:
            return ""
        part = round(100 * (now - before) / before)
        if part == 0:
            return "="
        return f"{self.glyphs.rise if part > 0 else self.glyphs.fall}{min(abs(part), 999)}%"


def _requests(slot: SeriesSlot) -> float | None:
    return slot["requests"]


def _error_rate(slot: SeriesSlot) -> float | None:
    judged = slot["requests"] - slot["client_left"]
    return 100 * slot["errors"] / judged if judged > 0 else None


def _sum(slots: list[SeriesSlot], number: Number) -> float | None:
    return sum(number(slot) or 0 for slot in slots)


def _mean(slots: list[SeriesSlot], number: Number) -> float | None:
    """Return the mean of the slots that have a number, weighted with their requests."""
    weighted = [(value, slot["requests"]) for slot in slots if (value := number(slot)) is not None]
    weight = sum(requests for _, requests in weighted)
    return sum(value * requests for value, requests in weighted) / weight if weight else None
