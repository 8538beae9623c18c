"""Check and test the checkout: `python3 scripts/test.py [arguments for pytest]`.

Needs Python 3.10 or newer with pip, and an index of packages the first time; makes a `.venv` for everything else.
Runs ruff, mypy, import-linter and pytest, all of them even when one fails, and exits with 1 when any did.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import NamedTuple

OLDEST_PYTHON = (3, 10)


class Result(NamedTuple):
    """How one step went."""

    step: str
    passed: bool
    seconds: float


def main(pytest_arguments: list[str]) -> int:
    """Run every step and return the exit status."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"perftrack needs Python 3.10 or newer; this is {sys.version.split()[0]}.")
    # Here, because a Python that is too old should read the line above and no traceback.
    import environment  # noqa: PLC0415

    environment.ensure(["run", "test", "check"])
    steps = {
        "ruff": ["ruff", "check"],
        "mypy": ["mypy"],
        "import-linter": ["lint-imports"],
        # The others take minutes; scripts/test-servers runs them. A later -m overrules this one.
        "pytest": ["pytest", "-m", "not servers", *pytest_arguments],
    }
    results = [_run(step, [str(environment.SCRIPTS / command[0]), *command[1:]]) for step, command in steps.items()]
    _print_summary(results)
    return 0 if all(result.passed for result in results) else 1


def _run(step: str, command: list[str]) -> Result:
    """Run one step with its output where the user sees it."""
    print(f"\n== {step}", flush=True)
    start = time.perf_counter()
    status = subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode
    return Result(step, status == 0, time.perf_counter() - start)


def _print_summary(results: list[Result]) -> None:
    """Print a line for each step."""
    print("\n== summary")
    for step, passed, seconds in results:
        print(f"{'passed' if passed else 'FAILED'}  {step:<14} {seconds:6.1f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
