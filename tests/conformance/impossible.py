"""Reads the list of cells that cannot be right, because the server hides the event from every app."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - what pytest brings along on Python 3.10
    import tomli as tomllib

FILE = Path(__file__).with_name("impossible.toml")


@dataclass(frozen=True)
class Impossible:
    """One cell that may differ."""

    scenario: str
    integration: str
    reason: str
    test: str


def impossible_entries() -> list[Impossible]:
    """Give the list."""
    return [Impossible(**entry) for entry in tomllib.loads(FILE.read_text(encoding="utf-8")).get("cell", [])]


def impossible_cells() -> dict[tuple[str, str], Impossible]:
    """Give the list by scenario and integration."""
    return {(entry.scenario, entry.integration): entry for entry in impossible_entries()}
