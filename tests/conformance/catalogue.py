"""All scenarios, in the order of the matrix."""

from __future__ import annotations

from tests.conformance.scenario import REGISTERED, Scenario
from tests.conformance.scenarios import answers, leaving, names, sockets, together

SCENARIOS: list[Scenario] = [
    scenario
    for module in (names, answers, leaving, together, sockets)
    for scenario in REGISTERED
    if scenario.drive.__module__ == module.__name__
]
