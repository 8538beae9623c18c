"""Counts the lookups of Django's caches: those that `PERFTRACK = {"caches": ["default"]}` names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import cache
from typing import Any, Final, cast

from django.core.cache import caches

from perftrack import SettingError
from perftrack.caches import Lookups, count_lookups
from perftrack_django.conf import options, tracker

_MISSING: Final = object()


@cache
def watch_caches() -> None:
    """Count the lookups of the caches in the settings, from now on and in all threads.

    Raises:
        SettingError: The setting names what is not in CACHES.
    """
    aliases = _aliases(options().get("caches", ()))
    if not aliases:
        return
    handler = cast("Any", caches)  # Any, because no type checker lets a method be replaced
    create = handler.create_connection

    def create_counted(alias: str) -> Any:
        backend = create(alias)
        if alias in aliases:
            _count(backend, alias)
        return backend

    handler.create_connection = create_counted
    for alias in aliases:
        with suppress(Exception):  # a backend that cannot be made fails where the app wants it, not here
            _count(caches[alias], alias)


def _aliases(given: Any) -> frozenset[str]:
    known: dict[str, Any] = caches.settings
    aliases: list[Any] = [given] if isinstance(given, str) else [*given]
    for alias in aliases:
        if alias not in known:
            raise SettingError(f"setting caches has {alias!r}; it must be a list of aliases in CACHES")
    return frozenset(aliases)


def _count(backend: Any, alias: str) -> None:
    try:
        count_lookups(backend, _Counted, Lookups(tracker().cache(alias), tracker().failed))
    except Exception as error:  # a backend that cannot be extended stays as it is
        tracker().failed(error)


class _Counted:
    """The methods that stand before a backend's own. Its async ones call these."""

    perftrack_lookups: Lookups

    def get(self, key: str, default: Any = None, *args: Any, **kwargs: Any) -> Any:
        with self.perftrack_lookups as outermost:
            found = cast("Any", super()).get(key, _MISSING, *args, **kwargs)
        if outermost:
            self.perftrack_lookups.count(lambda: (int(found is not _MISSING), int(found is _MISSING)))
        return default if found is _MISSING else found

    def get_many(self, keys: Iterable[str], *args: Any, **kwargs: Any) -> Any:
        asked = keys if isinstance(keys, Collection) else list(keys)
        with self.perftrack_lookups as outermost:
            found = cast("Any", super()).get_many(asked, *args, **kwargs)
        if outermost:
            self.perftrack_lookups.count(lambda: (len(found), len(set(asked)) - len(found)))
        return found
