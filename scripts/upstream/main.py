"""Run the frameworks' own tests with every app wrapped, and without: `scripts/test-upstream [SUITE[==VERSION] ...]`.

Fails when a test that passes unwrapped does not pass wrapped, when perftrack counted too little to have been inside,
and when it had failures of its own.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from itertools import islice

from environments import Environment
from runs import PASSED, Run, differences, run
from suites import SUITES, Suite

OLDEST_PYTHON = (3, 11)
DEFAULT = ("starlette", "flask", "werkzeug")


def main(names: list[str]) -> int:
    """Run the suites and return the exit status."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"The tests of Starlette need Python 3.11 or newer; this is {sys.version.split()[0]}.")
    faults = [fault for name in names or DEFAULT for fault in _run_suite(_suite(name))]
    print("\n== summary")
    print("\n".join(f"FAILED  {fault}" for fault in faults) or "Every test that passes unwrapped passes wrapped.")
    return 1 if faults else 0


def _suite(text: str) -> Suite:
    name, _, version = text.partition("==")
    if name not in SUITES:
        sys.exit(f"There is no suite {name!r}; there are {', '.join(SUITES)}.")
    return dataclasses.replace(SUITES[name], version=version) if version else SUITES[name]


def _run_suite(suite: Suite) -> Iterator[str]:
    print(f"\n== {suite.project} {suite.version}", flush=True)
    environment = Environment(suite)
    environment.ensure()
    baseline = _shown(run(environment, "baseline"))
    if not any(result == PASSED for result in baseline.results.values()):
        yield f"{suite.project}: nothing passes unwrapped, see {baseline.log}"
        return
    for mode in ("outside", "inside"):
        wrapped = _shown(run(environment, mode))
        for fault in (*_different(suite, baseline, wrapped), *_not_inside(suite, wrapped)):
            print(f"  {fault}", flush=True)
            yield f"{suite.project} {mode}: {fault}"


def _shown(done: Run) -> Run:
    print(done.line(), flush=True)
    return done


def _different(suite: Suite, baseline: Run, wrapped: Run) -> Iterator[str]:
    """Print every difference, and give those that nothing excuses."""
    for test, (before, after) in differences(baseline, wrapped).items():
        reason = suite.not_the_same.get(test)
        if before == PASSED and reason is None:
            yield f"{test}: {before} unwrapped, {after} wrapped, see {wrapped.log}"
        else:
            print(f"  {test}: {before} unwrapped, {after} wrapped{f'; {reason}' if reason else ''}")


def _not_inside(suite: Suite, wrapped: Run) -> Iterator[str]:
    counted = wrapped.counted
    if not counted:
        yield f"perftrack left no report, see {wrapped.log}"
        return
    if counted["requests"] < suite.least_requests:
        yield f"only {counted['requests']} requests were counted, at least {suite.least_requests} have to be"
    if counted["in_flight"] and suite.closes:
        yield f"{counted['in_flight']} requests are still in flight at the end"
    failures = counted["failures"]
    if failures:
        yield f"perftrack failed {len(failures)} times, the first in {failures[0]['test']}"
    for failure in islice(failures, 3):
        print(failure["trace"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
