"""Runs one cell of the matrix: one scenario on one served app, watched by one monitor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from tests.conformance.client import Client
from tests.conformance.expected import Expected, Seen, differences
from tests.conformance.scenario import Scenario

SETTLING_SECONDS = 3.0
"""A request is counted soon after its client has seen the last byte, and one whose client left a little later."""

STILL_SECONDS = 0.1
"""What is right must also stay so: nothing may be counted late, or twice."""


class Reader(Protocol):
    """Reads what a monitor says."""

    def begin(self) -> None:
        """Start from zero."""
        ...

    def seen(self) -> Seen:
        """Give what was counted since."""
        ...


def run_cell(scenario: Scenario, expected: Expected, client: Client, reader: Reader) -> list[str]:
    """Run *scenario* and give the differences; none means that the cell is right."""
    reader.begin()
    scenario.drive(client)
    found = _settled(lambda: differences(expected, reader.seen()))
    if found:
        return found
    time.sleep(STILL_SECONDS)
    return differences(expected, reader.seen())


def _settled(look: Callable[[], list[str]]) -> list[str]:
    deadline = time.monotonic() + SETTLING_SECONDS
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found
