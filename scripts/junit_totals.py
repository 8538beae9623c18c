"""Sum up pytest's reports: `python3 scripts/junit_totals.py FOLDER` ends with the line `N passed, N failed`.

A test that several suites ran counts in each of them. Errors count as failed; what was skipped is in neither number.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET


class Totals(NamedTuple):
    """Tests by result."""

    passed: int
    failed: int
    skipped: int


def read(report: Path) -> Totals:
    """The totals of one report."""
    # The file was written by pytest on this machine, so XML made to harm its reader is no concern.
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314
    counts = [[int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")] for suite in suites]
    tests, failures, errors, skipped = (sum(column) for column in zip(*counts, strict=True))
    return Totals(tests - failures - errors - skipped, failures + errors, skipped)


def main(folder: str) -> None:
    """Print a line for each report of *folder*, and the sum of all."""
    reports = sorted(Path(folder).glob("*.xml"))
    totals = [read(report) for report in reports]
    for report, (passed, failed, skipped) in zip(reports, totals, strict=True):
        print(f"{report.stem:<20} {passed:5} passed {failed:5} failed {skipped:5} skipped")
    print(f"{sum(each.passed for each in totals)} passed, {sum(each.failed for each in totals)} failed")


if __name__ == "__main__":
    main(sys.argv[1])
