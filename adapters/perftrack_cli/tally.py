"""What was sent beside what was measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from perftrack.shapes import EndpointStats, Stats
from perftrack.terminal.text import printable


@dataclass
class Tally:
    """Requests counted by whoever sent them."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """Answered requests by endpoint and status."""
    left: Counter[str] = field(default_factory=Counter[str])
    """Those of `answers` whose body was left half-way, by endpoint."""
    failed: int = 0
    """Requests without an answer."""

    def count(self, endpoint: str, status: int | None, left: bool = False) -> None:
        """Count one request; *status* is None where no answer came."""
        if status is None:
            self.failed += 1
            return
        self.answers[endpoint, str(status)] += 1
        if left:
            self.left[endpoint] += 1


def measured(stats: Stats) -> Tally:
    """Return the same counts, read from what perftrack measured."""
    tally = Tally()
    for endpoint, row in stats["endpoint_stats"].items():
        tally.answers.update({(endpoint, status): count for status, count in row["status"].items() if count})
        tally.left.update(_left(endpoint, row))
    return tally


def comparison(sent: Tally, stats: Stats) -> str:
    """Say in one line, or in one for each difference, whether what was sent is what was measured."""
    lines = [f"sent {sent.answers.total()} requests, measured {stats['total_requests']}"]
    lines += _differences(sent, measured(stats))
    if sent.failed:
        lines.append(f"  {sent.failed} more got no answer")
    return "\n".join(lines) if len(lines) > 1 else f"{lines[0]}: equal for every endpoint, status and client that left"


def _left(endpoint: str, row: EndpointStats) -> dict[str, int]:
    left = row["outcomes"]["client_left"]
    return {endpoint: left} if left else {}


def _differences(sent: Tally, measured: Tally) -> list[str]:
    cells = sorted({*sent.answers, *measured.answers})
    lines = [_difference(f"{key[0]} {key[1]}", sent.answers[key], measured.answers[key]) for key in cells]
    endpoints = sorted({*sent.left, *measured.left})
    lines += [_difference(f"{key} client left", sent.left[key], measured.left[key]) for key in endpoints]
    return [line for line in lines if line]


def _difference(name: str, sent: int, measured: int) -> str:
    return "" if sent == measured else f"  {printable(name)}: sent {sent}, measured {measured}"
