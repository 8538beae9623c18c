"""Where the counters of this process live: decided at the first use, never at import.

A tracker may be born in the master of a server, long before its worker is forked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from perftrack.memory.clocks import Clocks
from perftrack.memory.private import PrivateMemory
from perftrack.memory.shared.supervisor import may_have_siblings, supervisor
from perftrack.settings import Settings

if TYPE_CHECKING:
    from perftrack.caches import CacheRegistry

ALONE: Final = (
    "these are the numbers of one process; other processes that serve the same app, if there are any, count apart: "
    "give all of them the same group= (PERFTRACK_GROUP)"
)

NO_GIL: Final = (
    "no shared memory on a free-threaded Python, these are the numbers of one process: PYTHON_GIL=1 gives "
    "those of all workers"
)

NO_ROOM: Final = "no shared memory, these are the numbers of one process: {}"


JOINING: Final = (
    "memory.shared.memory",
    "memory.shared.naming",
    "memory.shared.gathering",
    "snapshot_json",
    "caches.rows",
)
"""Modules that are needed to join other workers and to fold their dead."""


class UndecidedMemory:
    """Stands in for the memory until its first use."""

    def __init__(self, decide: Callable[[], PrivateMemory]) -> None:
        """Call *decide* at the first use, and hand everything on to what it gives."""
        self._decide = decide

    def forget(self) -> None:
        """Let go of nothing. In the child after a fork, where nothing is decided for the sake of forgetting it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._decide(), name)


def import_ahead(settings: Settings) -> None:
    """Import at the start what the first request of a worker that has others needs, to join them and to fold its dead.

    Nothing is decided here: in the master of a server that loads the app before it forks, there is no worker yet.
    """
    if settings.memory == "private" or (settings.group is None and supervisor() is None):
        return
    from importlib import import_module  # noqa: PLC0415 - who counts alone needs none of it

    with suppress(ModuleNotFoundError):  # of the system; `choose_memory` will say so
        for name in JOINING:
            import_module(f"perftrack.{name}")


def choose_memory(
    tracker: str,
    settings: Settings,
    clocks: Clocks,
    warn: Callable[[str], None],
    gave_up: Callable[[PrivateMemory, OSError], None],
    caches: CacheRegistry,
) -> PrivateMemory:
    """Join the workers that this process belongs to, or count alone. *warn* is told what is missing."""
    if settings.memory == "private":
        return PrivateMemory(settings, clocks)
    found = supervisor()
    if settings.group is None and found is None:
        if settings.memory == "shared" or may_have_siblings():
            warn(ALONE)
        return PrivateMemory(settings, clocks)
    if not _has_gil():
        warn(NO_GIL)
        return PrivateMemory(settings, clocks)
    try:
        # Imported here: where the system has no fcntl, only this fails, and who counts alone needs none of it.
        from perftrack.memory.shared.memory import join_group  # noqa: PLC0415
        from perftrack.memory.shared.naming import membership  # noqa: PLC0415

        where = membership(tracker, settings.group, found, os.environ)
        return join_group(where, settings, clocks, gave_up, caches)
    except (OSError, ModuleNotFoundError) as error:
        warn(NO_ROOM.format(error))
        return PrivateMemory(settings, clocks)


def _has_gil() -> bool:
    """Tell whether one thread runs at a time: a page gives its entries out by an iterator, each once only then."""
    is_enabled: Any = getattr(sys, "_is_gil_enabled", None)
    return is_enabled is None or bool(is_enabled())
