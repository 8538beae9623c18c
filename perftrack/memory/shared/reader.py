"""What a reader has to know beside the segments of its group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perftrack.memory.clocks import Clocks
from perftrack.memory.shared.members import Member
from perftrack.settings import Settings

if TYPE_CHECKING:
    from perftrack.memory.shared.group import Group
    from perftrack.snapshot import Snapshot


class Reader:
    """What a reader has to know beside the segments."""

    def __init__(self, clocks: Clocks, settings: Settings) -> None:
        """Read as a member with these clocks and *settings* does."""
        self.clocks = clocks
        self.settings = settings
        self.max_slow_queries = settings.max_slow_queries

    def snapshot(
        self, group: Group, members: Sequence[Member], warnings: frozenset[str], shared: bool
    ) -> Snapshot:
        """Add up *members*, as many of them as count since the last reset."""
        from perftrack.memory.shared.gathering import gathered

        return gathered(self, group, members, warnings, shared)
