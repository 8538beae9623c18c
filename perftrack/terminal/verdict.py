"""The verdict and its reasons, as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from perftrack.shapes import Health, HealthWindow
from perftrack.terminal.text import GREEN, RED, YELLOW, Painter, painter_of, printable

STATUS_COLOURS = {"healthy": GREEN, "degraded": YELLOW, "unhealthy": RED}


def render(health: Health, colour: bool = False) -> str:
    """Return verdict, reasons, warnings, and what was judged, with colours only where *colour* says so."""
    painter = painter_of(colour)
    judged = f"{_window(health['window'])}; up {printable(health['metrics']['uptime'])}"
    return "\n".join([*lines(health, painter), *warning_lines(health["warnings"], painter), judged])


def lines(health: Health, painter: Painter) -> list[str]:
    """Return the verdict and a line for each reason."""
    status = painter(health["status"], STATUS_COLOURS[health["status"]])
    return [f"health: {status}", *(f"  {printable(reason['message'])}" for reason in health["reasons"])]


def warning_lines(warnings: Iterable[str], painter: Painter) -> list[str]:
    """Return a line for each of *warnings*, also for one that comes twice."""
    return [painter(f"warning: {printable(warning)}", YELLOW) for warning in dict.fromkeys(warnings)]


def _window(window: HealthWindow) -> str:
    span = "since start" if window["seconds"] is None else f"in the last {window['seconds']} s"
    rate = f"{window['error_rate']:g} % errors of {window['judged']} judged"
    return f"{window['requests']} requests {span}, {rate}, {window['slow_queries']} slow"
