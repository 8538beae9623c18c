"""Writes the matrix, for a terminal and for the documentation."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from tests.conformance.columns import Column
from tests.conformance.matrix import Cell
from tests.conformance.scenario import Scenario

PACKAGES = "uvicorn gunicorn websockets starlette fastapi flask werkzeug django".split()

HEAD = """# Conformance

The same script of hard cases, sent over real sockets to real servers, has to give the same right numbers on every
integration. Each cell compares what the monitor says with the exact rows that the scenario expects: names, statuses
and outcomes, and durations where they are the point.

This page is written by `scripts/conformance-peers`: it makes an environment with the peers of the second table and
runs everything there. `python -m tests.conformance` prints perftrack's columns alone, and the normal tests run them
(`pytest tests/conformance`).

✓ right · ✗ wrong, what it said stands below the table · – the monitor has no such number · n/a the protocol or the
framework has nothing like it
"""

LIMITS = """## What a server does not tell

A monitor inside an app can count only what the server lets an app see.

- uvicorn tells of a client that left only to an app that listens: the apps here listen, as Starlette's and Django's
  streamed answers do by themselves. An app that never calls `receive` again is told nothing, and its request is `ok`.
- A WSGI server learns from a failed write that a client left. gunicorn writes the head and the body apart, so that
  on one machine also a small answer shows it; over a slow network the second write may be through before the news
  is back. A server that buffers whole answers, or whole uploads before it calls the app, shows less.
- Asynchronous Django reads the upload before it chooses a route: a client that leaves during it has none.
"""


@dataclass
class Table:
    """The cells of some columns, by scenario."""

    columns: list[Column] = field(default_factory=list[Column])
    rows: dict[str, dict[str, Cell]] = field(default_factory=dict[str, dict[str, Cell]])
    scenarios: list[Scenario] = field(default_factory=list[Scenario])

    def add(self, cell: Cell) -> None:
        """Take one more cell."""
        if cell.column not in self.columns:
            self.columns.append(cell.column)
        if cell.scenario not in self.scenarios:
            self.scenarios.append(cell.scenario)
        self.rows.setdefault(cell.scenario.title, {})[cell.column.name] = cell

    def cells(self) -> Iterable[Cell]:
        """Give the cells, by scenario."""
        return (row[column.name] for row in self.rows.values() for column in self.columns if column.name in row)

    def wrong(self) -> list[Cell]:
        """Give the cells that differ."""
        return [cell for cell in self.cells() if cell.found]


def page(own: Table, peers: Table | None) -> str:
    """Give the page of the documentation."""
    parts = [HEAD, "## perftrack\n", *_table(own), *_wrong(own)]
    if peers is not None:
        parts += ["## The peers, by the same scenarios\n", *_table(peers), *_scores(peers), *_wrong(peers)]
    parts += ["## The scenarios\n", *(f"- **{s.title}**: {s.right}" for s in own.scenarios), "", LIMITS]
    return "\n".join([*parts, "## Versions\n", _versions([*own.columns, *(peers.columns if peers else [])]), ""])


def mark(cell: Cell) -> str:
    """Give the sign of one cell."""
    if cell.absent is not None:
        return "n/a"
    if not cell.offered:
        return "not tried" if cell.untried else "–"
    return "✗" if cell.found else "✓"


def _table(table: Table) -> Iterable[str]:
    yield "| Scenario | " + " | ".join(column.name for column in table.columns) + " |"
    yield "|---|" + ":-:|" * len(table.columns)
    for title, row in table.rows.items():
        yield f"| {title} | " + " | ".join(mark(row[column.name]) for column in table.columns) + " |"
    yield ""


def _scores(table: Table) -> Iterable[str]:
    yield "Right, of those that apply and that the monitor offers:\n"
    for column in table.columns:
        cells = [row[column.name] for row in table.rows.values()]
        tried = [cell for cell in cells if cell.offered and cell.absent is None]
        missing = sum(not cell.offered and not cell.untried for cell in cells)
        right = sum(cell.right for cell in tried)
        yield f"- {column.name}: {right} of {len(tried)}; {missing} not offered"
    yield ""


def _wrong(table: Table) -> Iterable[str]:
    if not table.wrong():
        return
    yield "What the wrong cells said:\n"
    for cell in table.wrong():
        said = "; ".join(cell.found).replace("<", "\\<")
        yield f"- {cell.column.name}, {cell.scenario.title}: {said}"
    yield ""


def _versions(columns: Sequence[Column]) -> str:
    peers = [column.distribution for column in columns if column.distribution]
    known = [f"{name} {_version(name)}" for name in dict.fromkeys([*PACKAGES, *peers])]
    return ", ".join([f"Python {platform.python_version()}", *known]) + "."


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"
