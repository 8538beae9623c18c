"""Counts the lookups of a Flask-Caching cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import Flask

from perftrack import PerformanceTracker, SettingError
from perftrack.caches import Lookups, count_lookups

OWN_KEYS = ("_memver", "__wz_cache_count")
"""How keys end that are no lookups of the app: versions of memoized functions, and the number of files in a folder."""


def watch_cache(app: Flask, name: str, cache: Any) -> None:
    """Show the lookups that *app* makes in *cache*, a `flask_caching.Cache`, as *name*.

    Raises:
        SettingError: The app has not been set up with both perftrack and the cache.
    """
    try:
        tracker: PerformanceTracker = app.extensions["perftrack"]
        backend = app.extensions["cache"][cache]
    except KeyError:
        raise SettingError(
            f"cache {name!r} cannot be watched yet: call PerfTrack(app) and cache.init_app(app) first"
        ) from None
    count_lookups(backend, _Counted, Lookups(tracker.cache(name), tracker.failed))


class _Counted:
    """The methods that stand before a backend's own; None is what it gives for a key that it does not have."""

    perftrack_lookups: Lookups

    def get(self, *args: Any, **kwargs: Any) -> Any:
        with self.perftrack_lookups as outermost:
            found = cast("Any", super()).get(*args, **kwargs)
        if outermost:
            self.perftrack_lookups.count(lambda: _hits_and_misses((*args, *kwargs.values()), (found,)))
        return found

    def get_many(self, *keys: str) -> Any:
        with self.perftrack_lookups as outermost:
            found = cast("Any", super()).get_many(*keys)
        if outermost:
            self.perftrack_lookups.count(lambda: _hits_and_misses(keys, found))
        return found

    def get_dict(self, *keys: str) -> Any:
        with self.perftrack_lookups as outermost:
            found = cast("Any", super()).get_dict(*keys)
        if outermost:
            self.perftrack_lookups.count(lambda: _hits_and_misses(keys, map(found.get, keys)))
        return found


def _hits_and_misses(keys: Iterable[str], values: Iterable[Any]) -> tuple[int, int]:
    found = [value is not None for key, value in zip(keys, values, strict=True) if not key.endswith(OWN_KEYS)]
    return sum(found), len(found) - sum(found)
