"""How the caches of a worker are written into its segment, and added up from those of several."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping
from math import inf
from operator import index
from typing import TYPE_CHECKING, Any, Final

from perftrack.counted import CacheCounts, added
from perftrack.memory.shared.layout import LOOKUPS, UNREADABLE, WORD, Cell, DamagedError, record_payload
from perftrack.memory.shared.look import Look
from perftrack.memory.shared.members import Member

if TYPE_CHECKING:
    from perftrack.snapshot import Snapshot

LARGEST: Final = (1 << 64) - 1
"""What a cell holds at most."""


def names_record(names: list[str]) -> bytes:
    """Write the names of the caches whose lookups are counted by hand."""
    return json.dumps(names).encode()


def caches_record(caches: Mapping[str, CacheCounts], problems: Iterable[str]) -> bytes:
    """Write the watched caches, and what their numbers do not say."""
    rows = [(name, *counts) for name, counts in caches.items()]
    return json.dumps((rows, sorted(problems))).encode()


def with_caches_of(members: Iterable[Member], generation: int, snapshot: Snapshot) -> Snapshot:
    """Add the caches of *members* to *snapshot*, as many of them as count since reset number *generation*.

    Of one that is dead the lookups count, and what it held is gone.
    """
    from dataclasses import replace

    from perftrack.caches.rows import with_caches

    everything: dict[str, CacheCounts] = {}
    warnings = snapshot.warnings
    for member in members:
        if member.look.cell(Cell.GENERATION) != generation:
            continue
        try:
            caches, problems = _read(member.look)
        except UNREADABLE as error:
            warnings |= {f"skipped: {member.name}: {error}"}
            continue
        if member.alive:
            warnings |= problems
        else:
            caches = {name: counts._replace(size=None, max_size=None) for name, counts in caches.items()}
        everything = added(everything, caches, CacheCounts.merge)
    return with_caches(replace(snapshot, warnings=warnings), everything)


def _read(look: Look) -> tuple[dict[str, CacheCounts], frozenset[str]]:
    caches, problems = json.loads(_record(look, look.layout.watched) or b"[[], []]")
    watched = {str(name): _counts(*numbers) for name, *numbers in caches}
    return added(_lookups(look), watched, CacheCounts.merge), frozenset(map(str, problems))


def _lookups(look: Look) -> dict[str, CacheCounts]:
    names = [str(name) for name in json.loads(_record(look, look.layout.cache_names) or b"[]")]
    place = look.layout.lookups_at
    cells = array("Q", look.first[place : place + 2 * LOOKUPS * WORD])
    return {name: CacheCounts(cells[2 * row], cells[2 * row + 1]) for row, name in enumerate(names)}


def _record(look: Look, number: int) -> bytes | None:
    place = look.layout.directory_at(look.cell(Cell.COMMITS)) + number * WORD
    [word] = array("Q", look.first[place : place + WORD])
    return record_payload(look.first, word) if word else None


def _counts(hits: Any, misses: Any, size: Any, max_size: Any, evictions: Any, lag: Any) -> CacheCounts:
    """Take what was read for numbers, if it is."""
    amounts = _amount(size), _amount(max_size), _amount(evictions)
    counts = CacheCounts(index(hits), index(misses), *amounts, float(lag))
    if not all(one is None or 0 <= one < inf for one in counts):
        raise DamagedError("a cache has impossible numbers")
    return counts


def _amount(value: Any) -> int | None:
    return None if value is None else index(value)
