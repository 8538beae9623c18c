"""What has to begin anew in the child of a fork."""

from __future__ import annotations

import os
import weakref
from functools import cache
from typing import Protocol


class BeginsAnew(Protocol):
    """Something that a forked child must not take over as it is."""

    def begin_anew(self) -> None:
        """Start from nothing, with locks that no thread of the parent holds."""
        ...


_things: weakref.WeakSet[BeginsAnew] = weakref.WeakSet()


def begin_anew_after_fork(thing: BeginsAnew) -> None:
    """Call `begin_anew` of *thing* in every child, as long as it lives."""
    _register()
    _things.add(thing)


@cache
def _register() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_begin_anew)


def _begin_anew() -> None:
    for thing in list(_things):
        thing.begin_anew()
