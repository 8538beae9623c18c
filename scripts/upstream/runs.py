"""One run of a suite, and the comparison of two."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from environments import Environment

WORST_FIRST = ("error", "failure", "skipped", "passed")
PASSED = "passed"


@dataclass(frozen=True)
class Run:
    """What came out of one run."""

    mode: str
    results: dict[str, str]
    """Each test's result."""
    seconds: float
    log: Path
    counted: dict[str, Any]
    """What perftrack counted; empty for the baseline."""

    def line(self) -> str:
        """Give the totals in one line."""
        totals = Counter(self.results.values())
        texts = [f"{totals[result]:5} {result}" for result in reversed(WORST_FIRST)]
        return f"{self.mode:<9}{' '.join(texts)}   {self.seconds:5.1f} s{self._counted()}"

    def _counted(self) -> str:
        if not self.counted:
            return ""
        names = ("requests", "websockets", "rows", "in_flight")
        return "   counted: " + ", ".join(f"{name} {self.counted[name]}" for name in names)


def run(environment: Environment, mode: str) -> Run:
    """Run the suite in *mode*: `baseline`, or wrapped `outside` or `inside`."""
    xml, counted = environment.folder / f"{mode}.xml", environment.folder / f"{mode}.json"
    log = environment.folder / f"{mode}.log"
    for old in (xml, counted):
        old.unlink(missing_ok=True)
    wrapping = [] if mode == "baseline" else ["-p", environment.suite.plugin]
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        subprocess.run(
            [environment.python, "-m", "pytest", "-q", f"--junitxml={xml}", *wrapping, *environment.suite.arguments],
            cwd=environment.tests,
            env=_environ(mode, counted),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    seconds = time.perf_counter() - start
    return Run(mode, read_results(xml), seconds, log, json.loads(counted.read_text()) if counted.exists() else {})


def read_results(xml: Path) -> dict[str, str]:
    """Read pytest's report; a test that stands there twice has the worse of both results."""
    results: dict[str, str] = {}
    if not xml.exists():
        return results
    # The file was written by pytest on this machine, so XML made to harm its reader is no concern.
    for case in ET.parse(xml).getroot().iter("testcase"):  # noqa: S314
        name = f"{case.get('classname')}::{case.get('name')}"
        found = {child.tag for child in case} | {results.get(name, PASSED), PASSED}
        results[name] = next(result for result in WORST_FIRST if result in found)
    return results


def differences(baseline: Run, wrapped: Run) -> dict[str, tuple[str, str]]:
    """Give the tests whose result is another, with both results."""
    names = sorted(baseline.results.keys() | wrapped.results.keys())
    pairs = {name: (baseline.results.get(name, "missing"), wrapped.results.get(name, "missing")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _environ(mode: str, counted: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PERFTRACK_", "PYTEST_", "PYTHON"))}
    return {**kept, "PERFTRACK_UPSTREAM_MODE": mode, "PERFTRACK_UPSTREAM_REPORT": str(counted)}
