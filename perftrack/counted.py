"""What a `Snapshot` holds as it was counted: made while the app works, when nobody has asked for a snapshot yet.

Tuples, because their classes are quick to make, and these are made at every start of an app.
"""

# No annotations as text in this module: each field's would be compiled when a NamedTuple is made, at every start.

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from perftrack.outcomes import OUTCOME_NAMES

if TYPE_CHECKING:
    from perftrack.shapes import OutcomeName

_K = TypeVar("_K")
_V = TypeVar("_V")


class SlowRequest(NamedTuple):
    """One request that lasted longer than the threshold; ordered by the time it finished."""

    wall: float
    """Finish time, seconds since 1970."""
    worker: int
    method: str
    route: str
    path: str
    status: int
    outcome: int
    duration: float
    first_byte: float = -1.0
    """Seconds; -1 for an empty body."""

    @property
    def outcome_name(self) -> "OutcomeName":
        """The outcome in words."""
        return OUTCOME_NAMES[self.outcome]


class CacheCounts(NamedTuple):
    """One cache of the app since the last reset; None for what is not known."""

    hits: int = 0
    misses: int = 0
    size: int | None = None
    max_size: int | None = None
    evictions: int | None = None
    lag: float = 0.0
    """Seconds before its last request of which a worker's numbers may lack something."""

    def merge(self, other: "CacheCounts") -> "CacheCounts":
        """Add everything up, sizes and limits too, and keep the larger lag; what only one of them knows stays."""
        return CacheCounts(
            self.hits + other.hits,
            self.misses + other.misses,
            _known_sum(self.size, other.size),
            _known_sum(self.max_size, other.max_size),
            _known_sum(self.evictions, other.evictions),
            max(self.lag, other.lag),
        )


def added(a: Mapping[_K, _V], b: Mapping[_K, _V], merge: Callable[[_V, _V], _V]) -> dict[_K, _V]:
    """Merge two mappings: values under the same key by *merge*."""
    merged = dict(a)
    for key, value in b.items():
        merged[key] = merge(merged[key], value) if key in merged else value
    return merged


def _known_sum(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else a + b
