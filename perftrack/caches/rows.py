"""The caches of a snapshot, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from perftrack.caches.limit import CROWDED, MAX_CACHES
from perftrack.counted import CacheCounts, added
from perftrack.labels import OVERFLOW
from perftrack.snapshot import Snapshot

_MAX_ROWS: Final = 2 * MAX_CACHES


def with_caches(snapshot: Snapshot, caches: Mapping[str, CacheCounts]) -> Snapshot:
    """Add *caches* to those of *snapshot*. Past the limit the most looked up stay, and the rest shares a row.

    Done by the reader and not by the merge, which would then depend on the order of merging.
    """
    rows = _limited(added(snapshot.caches, caches, CacheCounts.merge))
    warnings = snapshot.warnings | {CROWDED} if OVERFLOW in rows else snapshot.warnings
    return replace(snapshot, caches=rows, warnings=warnings)


def _limited(caches: dict[str, CacheCounts]) -> dict[str, CacheCounts]:
    if len(caches) <= _MAX_ROWS:
        return caches
    overflow = caches.pop(OVERFLOW, CacheCounts())
    names = sorted(caches, key=lambda name: (-caches[name].hits - caches[name].misses, name))
    for name in names[_MAX_ROWS:]:
        overflow = overflow.merge(caches.pop(name))
    return {**caches, OVERFLOW: overflow}
