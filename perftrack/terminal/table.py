"""What a tracker has measured, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perftrack.shapes import EndpointStats, Health, Stats
from perftrack.terminal.text import AMBER, GREEN, RED, YELLOW, cut, paint, printable, width

ENDPOINT_COLUMNS = 40
HEADINGS = ("endpoint", "requests", "rpm", "errors", "avg", "p50", "p95", "p99", "max", "share")
STATUS_COLOURS = {"healthy": GREEN, "degraded": YELLOW, "unhealthy": RED}

Painter = Callable[[str, str], str]


def render(stats: Stats, health: Health, colour: bool = False) -> str:
    """Return totals, verdict and endpoints as lines of text, with colours only where *colour* says so."""
    painter: Painter = paint if colour else _plain
    head = [_totals(stats), *_verdict(health, painter), *_warnings(stats, health, painter)]
    return "\n".join([*head, "", *_rows(stats, painter)])


def seconds(value: float | None) -> str:
    """Return a duration in three digits: `850 µs`, `12.3 ms`, `1.25 s`; `-` where there is none."""
    if value is None:
        return "-"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size * 0.9995:
            return f"{_three_digits(value / size)} {unit}"
    return f"{value * 1e6:.0f} µs"


def percent(value: float) -> str:
    """Return a rate with one digit behind the point; a rate that is not 0 does not look like it."""
    return f"{value:.1f} %" if value >= 0.05 or value == 0 else "<0.1 %"


def _three_digits(value: float) -> str:
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def _plain(text: str, colour: str) -> str:
    return text


def _totals(stats: Stats) -> str:
    duration = stats["duration"]
    return (
        f"{stats['total_requests']} requests, {stats['requests_per_minute']} in the last minute,"
        f" {stats['total_errors']} errors ({percent(stats['error_rate'])}), {stats['slow_queries_count']} slow,"
        f" p50 {seconds(duration['p50'])}, p95 {seconds(duration['p95'])}, max {seconds(duration['max'])}"
    )


def _verdict(health: Health, painter: Painter) -> list[str]:
    status = painter(health["status"], STATUS_COLOURS[health["status"]])
    return [f"health: {status}", *(f"  {printable(reason['message'])}" for reason in health["reasons"])]


def _warnings(stats: Stats, health: Health, painter: Painter) -> list[str]:
    once = dict.fromkeys([*stats["warnings"], *health["warnings"]])
    return [painter(f"warning: {printable(warning)}", YELLOW) for warning in once]


def _rows(stats: Stats, painter: Painter) -> list[str]:
    rows = list(stats["endpoint_stats"].values())
    cells = [HEADINGS, *(_cells(name, row) for name, row in stats["endpoint_stats"].items())]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    lines = [_aligned(each, widths) for each in cells]
    return [painter(lines[0], AMBER), *(painter(line, _colour(row)) for line, row in zip(lines[1:], rows, strict=True))]


def _cells(name: str, row: EndpointStats) -> tuple[str, ...]:
    quantiles = (row["p50_duration"], row["p95_duration"], row["p99_duration"])
    return (
        cut(printable(name), ENDPOINT_COLUMNS),
        str(row["total_requests"]),
        str(row["requests_per_minute"]),
        percent(row["error_rate"]),
        *map(seconds, (row["avg_duration"], *quantiles, row["max_duration"])),
        percent(row["time_share"]),
    )


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers = cells
    padded = [name + " " * (widths[0] - width(name))]
    padded += [" " * (columns - width(cell)) + cell for cell, columns in zip(numbers, widths[1:], strict=True)]
    return "  ".join(padded)


def _colour(row: EndpointStats) -> str:
    if row["outcomes"]["server_error"]:
        return RED
    return YELLOW if row["slow_queries_count"] else ""
