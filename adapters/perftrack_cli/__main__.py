"""`python -m perftrack_cli`: the console script `perftrack` under the name of its module."""

from __future__ import annotations

import sys

from perftrack_cli.main import main

# The guard matters where worker processes are spawned: they import this module again, under another name.
if __name__ == "__main__":
    sys.exit(main())
