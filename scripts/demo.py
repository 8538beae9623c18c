"""Show perftrack at work, straight from the checkout: `python3 scripts/demo.py [--seconds N ...]`.

Needs Python 3.10 or newer and nothing else. The options are those of `perftrack demo`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 10)


def main(arguments: list[str]) -> int:
    """Run `perftrack demo` with *arguments* and return its exit status."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"perftrack needs Python 3.10 or newer; this is {sys.version.split()[0]}.")
    sys.path[:0] = [str(ROOT), str(ROOT / "adapters")]
    # Only now can it be found.
    from perftrack_cli.main import main as perftrack  # noqa: PLC0415

    return perftrack(["demo", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
