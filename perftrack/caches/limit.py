"""How many caches there may be: names can come from anywhere."""

from __future__ import annotations

from typing import Final

MAX_CACHES: Final = 100
"""Caches that are watched, and as many that are counted by hand, in one process."""

CROWDED: Final = f"more than {MAX_CACHES} caches: the others are not shown by name"
