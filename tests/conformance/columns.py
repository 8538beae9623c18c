"""A column of the matrix: one monitor on one integration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.conformance.cell import Reader
from tests.conformance.client import Client
from tests.conformance.integrations import INTEGRATIONS, Integration
from tests.conformance.perftrack_reader import PerftrackReader
from tests.conformance.scenario import Scenario
from tests.conformance.server import MONITOR


@dataclass(frozen=True)
class Column:
    """What is served and how its numbers are read."""

    name: str
    integration: Integration
    monitor: str
    reader: Callable[[Client, Scenario], Reader]
    distribution: str | None = None
    """The distribution of a peer, for its version; None for perftrack."""
    without: frozenset[str] = field(default_factory=frozenset[str])
    """Concepts that the monitor does not offer."""


def own_columns() -> list[Column]:
    """Give perftrack on every integration."""
    return [
        Column(integration.name, integration, MONITOR, lambda client, scenario: PerftrackReader(client, scenario.app))
        for integration in INTEGRATIONS
    ]
