"""What perftrack costs: `python -m benchmarks.overhead`.

Needs the checkout and nothing else: what is not installed is imported from the folders beside this one, and other
monitors that are not installed are named as not compared.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent

for _package, _folder in (("perftrack", _CHECKOUT), ("perftrack_asgi", _CHECKOUT / "adapters")):
    if find_spec(_package) is None:
        sys.path.append(str(_folder))
