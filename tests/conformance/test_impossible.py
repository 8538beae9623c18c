"""The list of cells that may differ is short, and each of them is proved."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.catalogue import SCENARIOS
from tests.conformance.impossible import impossible_entries
from tests.conformance.integrations import INTEGRATIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"


def test_list_is_short_and_proved() -> None:
    """There are six entries at the most, each of a cell that there is, with a reason and a test of the bare server."""
    entries = impossible_entries()
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert len(entries) <= 6
    for entry in entries:
        assert entry.scenario in {scenario.title for scenario in SCENARIOS}
        assert entry.integration in {integration.name for integration in INTEGRATIONS}
        assert entry.reason
        assert f"def {entry.test}(" in tests


def test_published_matrix_has_all_rows_and_columns() -> None:
    """The page of the documentation was written after the last scenario and the last integration were added."""
    text = PAGE.read_text(encoding="utf-8")
    assert "| Scenario | " + " | ".join(integration.name for integration in INTEGRATIONS) + " |" in text
    for scenario in SCENARIOS:
        assert f"| {scenario.title} | " in text
        assert f"- **{scenario.title}**: {scenario.right}" in text
