"""What perftrack costs, measured with every statistic on and held to an oracle: `python -m benchmarks.overhead`.

Ratios are what counts, see `benchmarks.interleaved`. The status is 1 when a number that was timed is wrong; a limit
that was missed never fails a run, for no machine that is shared can be held to a time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.document import write_document
from benchmarks.results import Results
from benchmarks.sections import NOT_QUICK, SECTIONS, run_sections
from benchmarks.tables import limits_table, plain_table

SHOWN_DIFFERENCES = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description="What perftrack costs.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no servers: a minute, wider quartiles")
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="SECTION", help=f"{', '.join(SECTIONS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all results there, too")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write benchmarks.md and its pictures there")
    options = parser.parse_args(arguments)
    names = options.only or [name for name in SECTIONS if not (options.quick and name in NOT_QUICK)]
    found = measure(names, options.quick)
    report(found)
    if options.json is not None:
        data = {name: results.to_json() for name, results in found.items()}
        options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    if options.write is not None:
        write_document(options.write, found, options.quick)
    return 1 if any(results.differences for results in found.values()) else 0


def measure(names: list[str], quick: bool) -> dict[str, Results]:
    """Run the sections; what is under way is shown on the standard error stream."""
    found: dict[str, Results] = {}
    started = perf_counter()
    sections = run_sections(names, quick)
    for number, name in enumerate(names, 1):
        print(f"[{number}/{len(names)}] {perf_counter() - started:4.0f} s  {name}", file=sys.stderr, flush=True)
        found[name] = next(sections)[1]
    return found


def report(found: dict[str, Results]) -> None:
    """Print what was found."""
    figures = [figure for results in found.values() for figure in results.figures]
    curves = [curve for results in found.values() for curve in results.curves]
    for results in found.values():
        for note in results.notes:
            print(f"NOT MEASURED: {note}")
    print(plain_table(figures, curves))
    print()
    print(limits_table(figures))
    differences = [line for results in found.values() for line in results.differences]
    compared = sum(results.compared for results in found.values())
    print(f"\noracle: {compared} numbers compared, {len(differences)} differ")
    for line in differences[:SHOWN_DIFFERENCES]:
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
