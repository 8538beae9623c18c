"""What a tracker has measured, as a table for the terminal."""

from __future__ import annotations

from perftrack.shapes import EndpointStats, Health, Stats
from perftrack.terminal import verdict
from perftrack.terminal.text import AMBER, RED, YELLOW, Painter, aligned, cut, painter_of, printable

ENDPOINT_COLUMNS = 40
HEADINGS = ("endpoint", "requests", "rpm", "errors", "avg", "p50", "p95", "p99", "max", "share")


def render(stats: Stats, health: Health, colour: bool = False) -> str:
    """Return totals, verdict and endpoints as lines of text, with colours only where *colour* says so."""
    painter = painter_of(colour)
    warnings = [*stats["warnings"], *health["warnings"]]
    head = [_totals(stats), *verdict.lines(health, painter), *verdict.warning_lines(warnings, painter)]
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


def _totals(stats: Stats) -> str:
    duration = stats["duration"]
    return (
        f"{stats['total_requests']} requests, {stats['requests_per_minute']} in the last minute,"
        f" {stats['total_errors']} errors ({percent(stats['error_rate'])}), {stats['slow_queries_count']} slow,"
        f" p50 {seconds(duration['p50'])}, p95 {seconds(duration['p95'])}, max {seconds(duration['max'])}"
    )


def _rows(stats: Stats, painter: Painter) -> list[str]:
    rows = list(stats["endpoint_stats"].values())
    cells = [HEADINGS, *(_cells(name, row) for name, row in stats["endpoint_stats"].items())]
    lines = aligned(cells, "<" + ">" * (len(HEADINGS) - 1))
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


def _colour(row: EndpointStats) -> str:
    if row["outcomes"]["server_error"]:
        return RED
    return YELLOW if row["slow_queries_count"] else ""
