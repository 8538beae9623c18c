"""The conformance matrix: every scenario gives the same right numbers on every integration."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conformance.catalogue import SCENARIOS
from tests.conformance.cell import run_cell
from tests.conformance.client import Client
from tests.conformance.impossible import impossible_cells
from tests.conformance.integrations import INTEGRATIONS, Integration
from tests.conformance.perftrack_reader import PerftrackReader
from tests.conformance.scenario import Scenario
from tests.conformance.server import serving_integration

pytestmark = pytest.mark.servers

CELLS = [
    pytest.param(integration, scenario, id=f"{integration.name}-{scenario.title}".replace(" ", "_"))
    for integration in INTEGRATIONS
    for scenario in SCENARIOS
    if scenario.absent(integration) is None
]


class Running:
    """Servers that are started when they are first needed."""

    def __init__(self, stack: ExitStack) -> None:
        """Let *stack* stop them."""
        self._stack = stack
        self._clients: dict[Integration, Client] = {}

    def client(self, integration: Integration) -> Client:
        """Give a client of the server of *integration*."""
        if integration not in self._clients:
            port = self._stack.enter_context(serving_integration(integration))
            self._clients[integration] = Client(port)
        return self._clients[integration]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """One server for each integration."""
    with ExitStack() as stack:
        yield Running(stack)


@pytest.mark.parametrize(("integration", "scenario"), CELLS)
def test_cell(running: Running, integration: Integration, scenario: Scenario) -> None:
    """What the admin pages say after the scenario is exactly what its docstring promises."""
    for package in (integration.server, *integration.needs):
        pytest.importorskip(package)
    if scenario.concept == "WebSockets" and importlib.util.find_spec("websockets") is None:
        pytest.skip("needs the package websockets")
    client = running.client(integration)
    found = run_cell(scenario, scenario.expect(integration), client, PerftrackReader(client, scenario.app))
    if (scenario.title, integration.name) in impossible_cells():
        assert found, "this cell is right now: take it off the list"
        return
    assert not found, "\n".join(found)
