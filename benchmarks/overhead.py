"""What perftrack costs, measured with every statistic on and held to an oracle: `python -m benchmarks.overhead`.

Ratios are what counts, see `benchmarks.interleaved`. The status is 1 when a number that was timed is wrong; a goal that
was missed never fails a run, for no machine that is shared can be held to a time.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.interleaved import Figure
from benchmarks.memory import memory_figures
from benchmarks.middleware import middleware_figures
from benchmarks.oracle import Checks
from benchmarks.reading import reading_figures
from benchmarks.recording import longest_figures, record_figures
from benchmarks.shared import shared_figures

SHOWN_DIFFERENCES = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description="What perftrack costs.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: less than a minute, wider quartiles")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args(arguments)
    checks = Checks()
    figures = measure(options.quick, checks)
    print(table(figures))
    print(f"\noracle: {checks.compared} numbers compared, {len(checks.differences)} differ")
    for line in checks.differences[:SHOWN_DIFFERENCES]:
        print(f"  {line}")
    if options.json is not None:
        options.json.write_text(_document(figures, checks), encoding="utf-8")
    return 1 if checks.differences else 0


def measure(quick: bool, checks: Checks) -> list[Figure]:
    """Measure everything."""
    return [
        *record_figures(5 if quick else 25, checks),
        *middleware_figures(21 if quick else 101, checks),
        *shared_figures(5 if quick else 25, checks),
        *memory_figures(),
        *reading_figures(3 if quick else 11),
        *longest_figures(3 if quick else 11),
    ]


def table(figures: Sequence[Figure]) -> str:
    """Align the figures in columns."""
    rows = [("figure", "median", "quartiles", "", "goal", ""), *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{name:<{widths[0]}}  {median:>{widths[1]}}  {quartiles:<{widths[2]}}  {unit:<{widths[3]}}"
        f"  {goal:>{widths[4]}}  {met}".rstrip()
        for name, median, quartiles, unit, goal, met in rows
    ]
    return "\n".join([f"CPU time on {_python()}, interleaved rounds", "", *lines])


def _row(figure: Figure) -> tuple[str, str, str, str, str, str]:
    spread = figure.spread
    goal = "" if figure.goal is None else f"<= {figure.goal:g}"
    met = {None: "", True: "met", False: "not met"}[figure.met]
    quartiles = f"[{spread.low:.2f} {spread.high:.2f}]"
    return figure.name, f"{spread.median:.2f}", quartiles, figure.unit, goal, met


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def _document(figures: Sequence[Figure], checks: Checks) -> str:
    rows = [{**asdict(figure), "met": figure.met} for figure in figures]
    answer = {"python": _python(), "figures": rows, "compared": checks.compared, "differences": checks.differences}
    return json.dumps(answer, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main())
