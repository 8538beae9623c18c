"""Runs the matrix and prints it: `python -m tests.conformance [--peers [--write]]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.conformance.columns import Column, own_columns
from tests.conformance.impossible import impossible_cells
from tests.conformance.matrix import run_columns
from tests.conformance.report import Table, mark, page
from tests.conformance.server import ROOT

PAGE = ROOT / "docs" / "conformance.md"


def main(arguments: list[str]) -> int:
    """Run the matrix. Gives 1 when one of perftrack's cells is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description="Run the conformance matrix.")
    parser.add_argument(
        "--peers", action="store_true", help="measure other monitors too, see scripts/conformance-peers"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    if options.write and not options.peers:
        parser.error("--write needs --peers: the page has both tables")
    own = _run(own_columns())
    peers = _run(_peer_columns()) if options.peers else None
    if options.write:
        _write(PAGE, page(own, peers))
    wrong = [cell for cell in own.wrong() if (cell.scenario.title, cell.column.name) not in impossible_cells()]
    _say(f"{len(wrong)} of perftrack's cells are wrong")
    return 1 if wrong else 0


def _run(columns: Iterable[Column]) -> Table:
    table = Table()
    for cell in run_columns(columns):
        table.add(cell)
        _say(f"{mark(cell):3} {cell.column.name}: {cell.scenario.title}", *cell.found)
    return table


def _peer_columns() -> list[Column]:
    from tests.conformance.peers.columns import peer_columns

    return peer_columns()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    _say(f"wrote {path}")


def _say(*lines: str) -> None:
    sys.stdout.write("\n      ".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
