"""The rows of a memory: which endpoint a request counts in, and how many there may be."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Final

from perftrack.labels import OTHER_METHOD, OVERFLOW, UNMATCHED, bounded_method, bounded_text, endpoint_name
from perftrack.memory.endpoint import Endpoint
from perftrack.memory.timeline import Timeline

EXEMPT: Final = (UNMATCHED, OVERFLOW)
"""Routes whose rows do not count towards the limit; their requests are counted as all others."""


class Rows:
    """The endpoints seen so far. The owner's turnstile guards it; requests only look up what is in `by_method`."""

    __slots__ = ("_errors", "_limit", "_number", "_packed_limit", "by_method", "by_name", "overflowed")

    def __init__(self, limit: int, errors: Collection[int], packed_limit: float) -> None:
        """Start with none. Those past the *limit* share one; the rest is for `Endpoint`."""
        self.by_name: dict[str, Endpoint] = {}
        self.by_method: dict[str, dict[str | None, Endpoint]] = {}
        """method -> route -> row: what each request looks up. None stands for `<unmatched>`, as labels have it."""
        self.overflowed = False
        """There were more than *limit*."""
        self._limit = limit
        self._errors = errors
        self._packed_limit = packed_limit
        self._number = 0

    def knows(self, method: str, route: str) -> bool:
        """Tell whether the endpoint has a row."""
        return endpoint_name(bounded_method(method), route) in self.by_name

    def row(self, method: str, route: str, timeline: Timeline) -> Endpoint:
        """Find the row of an endpoint, made bounded. One that is new enters the *timeline*, or shares the overflow."""
        method, route = bounded_method(method), bounded_text(route)
        name = endpoint_name(method, route)
        endpoint = self.by_name.get(name)
        if endpoint is not None:
            return endpoint
        if route not in EXEMPT:
            if self._number >= self._limit:
                self.overflowed = True
                return self.row(OTHER_METHOD, OVERFLOW, timeline)
            self._number += 1
        endpoint = Endpoint(method, route, self._errors, self._packed_limit)
        self.by_name[name] = endpoint
        endpoint.enter(timeline)
        self.by_method.setdefault(method, {})[None if route == UNMATCHED else route] = endpoint
        return endpoint

    def size(self) -> int:
        """Measure the memory that the look-up by name takes, in bytes."""
        return sys.getsizeof(self.by_name)
