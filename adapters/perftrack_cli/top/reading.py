"""What `perftrack top` has got of the app: the newest answer, and whether it is stale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from perftrack.shapes import Health, Series, Stats
from perftrack_cli.errors import CommandError
from perftrack_cli.remote.site import Site

SERIES_SECONDS = 10.0
"""A slot of the series lasts as long: asked more often, it would be the same one, and it is most of an answer."""


class Reading(NamedTuple):
    """One answer, and the wall time of its arrival."""

    stats: Stats
    health: Health
    series: Series
    at: float


@dataclass(frozen=True, slots=True)
class State:
    """The newest answer, and why there is no newer one."""

    reading: Reading
    failure: str | None = None


class Reader:
    """Asks a site for readings."""

    def __init__(self, site: Site, monotonic: Callable[[], float], wall: Callable[[], float]) -> None:
        """Ask *site*."""
        self._site = site
        self._monotonic = monotonic
        self._wall = wall
        self._series: Series | None = None
        self._next_series = float("-inf")

    def read(self) -> Reading:
        """Return the newest numbers.

        Raises:
            CommandError: there is no answer.
        """
        kept = self._series if self._monotonic() < self._next_series else None
        stats, health = self._site.stats_and_health(include="health" if kept else "health,series")
        return Reading(stats, health, kept or self._keep(stats), self._wall())

    def _keep(self, stats: Stats) -> Series:
        if "series" not in stats:
            raise CommandError(f"{self._site.shown} leaves out the series; do both ends have the same version?")
        self._series = stats["series"]
        self._next_series = self._monotonic() + SERIES_SECONDS
        return self._series
