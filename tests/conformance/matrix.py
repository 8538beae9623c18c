"""Runs whole columns of the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.conformance.catalogue import SCENARIOS
from tests.conformance.cell import run_cell
from tests.conformance.client import Client
from tests.conformance.columns import Column
from tests.conformance.scenario import Scenario
from tests.conformance.server import serving_integration


@dataclass(frozen=True)
class Cell:
    """What came out of one scenario in one column."""

    column: Column
    scenario: Scenario
    found: tuple[str, ...] = ()
    """The differences; none means right."""
    absent: str | None = None
    """Why there is nothing like it in the protocol or the framework."""
    offered: bool = True
    """Whether the monitor has the concept at all."""

    @property
    def untried(self) -> bool:
        """Whether the monitor may have it: the apps of the peers are set up alone."""
        return not self.offered and self.scenario.concept == "two apps"

    @property
    def right(self) -> bool:
        """Whether the scenario was run and everything is as expected."""
        return self.offered and self.absent is None and not self.found


def run_columns(columns: Iterable[Column]) -> Iterator[Cell]:
    """Run all scenarios in each of the *columns*, on one server each."""
    for column in columns:
        with serving_integration(column.integration, column.monitor) as port:
            client = Client(port)
            for scenario in SCENARIOS:
                yield _cell(column, scenario, client)


def _cell(column: Column, scenario: Scenario, client: Client) -> Cell:
    absent = scenario.absent(column.integration)
    if absent is not None:
        return Cell(column, scenario, absent=absent)
    if scenario.concept in column.without:
        return Cell(column, scenario, offered=False)
    expected = scenario.expect(column.integration)
    return Cell(column, scenario, tuple(run_cell(scenario, expected, client, column.reader(client, scenario))))
