"""Counting the lookups of a cache that does not count by itself: once each, and never in the app's way."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections.abc import Iterable
from typing import Any, cast

import pytest

from perftrack.caches import CacheCounter, Ledger, Lookups, count_lookups
from perftrack.counted import CacheCounts


class Backend:
    """A cache whose methods call each other."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {"a": 1}

    def get(self, key: str) -> int | None:
        """Look one key up."""
        return self.held.get(key)

    def get_many(self, keys: Iterable[str]) -> list[int | None]:
        """Look several keys up."""
        return [self.get(key) for key in keys]


class Rigid:
    """A cache whose class cannot be changed."""

    __slots__ = ("perftrack_lookups",)


class Counted:
    """The methods that count, as an adapter has them."""

    perftrack_lookups: Lookups

    def get(self, key: str) -> Any:
        """Look one key up."""
        with self.perftrack_lookups as outermost:
            found = cast("Any", super()).get(key)
        if outermost:
            self.perftrack_lookups.count(lambda: (int(found is not None), int(found is None)))
        return found

    def get_many(self, keys: list[str]) -> Any:
        """Look several keys up."""
        with self.perftrack_lookups as outermost:
            found = cast("Any", super()).get_many(keys)
        if outermost:
            self.perftrack_lookups.count(lambda: (sum(one is not None for one in found), found.count(None)))
        return found


def counting() -> tuple[Any, CacheCounter, list[BaseException]]:
    """Give a backend that counts, its counter, and what went wrong."""
    backend, counter, failures = Backend(), CacheCounter("cache", Ledger()), list[BaseException]()
    count_lookups(backend, Counted, Lookups(counter, failures.append))
    return backend, counter, failures


def test_each_lookup_counts_once() -> None:
    """A method that calls another one of the same cache counts alone, also after one that raised."""
    backend, counter, failures = counting()
    assert backend.get_many(["a", "b", "a"]) == [1, None, 1]
    with pytest.raises(TypeError, match="unhashable"):
        backend.get_many([["no key"]])
    assert backend.get("b") is None
    assert (counter.read(), failures) == (CacheCounts(2, 2), [])


def test_counting_twice_is_counting_once() -> None:
    """A backend that counts already keeps its counter."""
    backend, counter, _ = counting()
    count_lookups(backend, Counted, Lookups(CacheCounter("cache", Ledger()), print))
    backend.get("a")
    assert counter.read() == CacheCounts(1, 0)


def test_the_class_looks_as_before() -> None:
    """Name, module and family of the class stay, and nothing but the app keeps the backend alive."""
    backend, _, _ = counting()
    kind: Any = backend.__class__
    assert isinstance(backend, Backend)
    assert (kind.__name__, kind.__qualname__, kind.__module__) == ("Backend", "Backend", __name__)
    assert copy.copy(backend).get("a") == 1
    last = weakref.ref(backend)
    gc.disable()
    try:
        del backend
        assert last() is None
    finally:
        gc.enable()


def test_what_fails_in_counting_reaches_nobody() -> None:
    """A wrong count is told to perftrack, and the lookup goes on."""
    counter, failures = CacheCounter("cache", Ledger()), list[BaseException]()
    lookups = Lookups(counter, failures.append)
    lookups.count(lambda: (1, -1))
    lookups.count(lambda: pickle.loads(b""))  # noqa: S301 - it is empty, and raises
    assert [type(failure) for failure in failures] == [ValueError, EOFError]


def test_a_rigid_class_is_refused() -> None:
    """Whoever calls learns that this backend cannot count."""
    with pytest.raises(TypeError, match="__class__"):
        count_lookups(Rigid(), Counted, Lookups(CacheCounter("cache", Ledger()), print))
