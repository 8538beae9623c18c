"""What one path of the contract is: the same row drives the answers and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from perftrack.admin.messages import AdminResponse
from perftrack.admin.query import Query
from perftrack.admin.source import Source

Handler = Callable[[Source, Query], AdminResponse]

READ = ("GET", "HEAD")
WRITE = ("POST",)


@dataclass(frozen=True, slots=True)
class Route:
    """What one path answers.

    Args:
        methods: The methods it answers, OPTIONS aside.
        handler: What answers them.
        summary: One line for the OpenAPI document.
        answer: The `TypedDict` of its JSON, or the media type of what is not JSON.
        parameters: The query parameters it knows; `None` ignores the query, as a page that people link to must.
        statuses: Further statuses and their meaning. 503 carries *answer*, the others are problems.
        open: Whether it is open to all once access is configured.
        body: The schema of the body that it takes, for the OpenAPI document.
    """

    methods: tuple[str, ...]
    handler: Handler
    summary: str
    answer: type | str
    parameters: tuple[str, ...] | None = ()
    statuses: Mapping[int, str] = field(default_factory=dict[int, str])
    open: bool = False
    body: Mapping[str, object] | None = None

    @property
    def allow(self) -> str:
        """Return the value of the Allow header."""
        return ", ".join((*self.methods, "OPTIONS"))
