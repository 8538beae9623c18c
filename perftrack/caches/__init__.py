"""The app's own caches: those that count by themselves are watched, the others are counted by hand."""

from __future__ import annotations

from perftrack.caches.counter import CacheCounter, Ledger
from perftrack.caches.limit import MAX_CACHES
from perftrack.caches.lookups import Lookups, count_lookups
from perftrack.caches.registry import CacheRegistry
from perftrack.caches.watched import CacheStats, Read

__all__ = [
    "MAX_CACHES",
    "CacheCounter",
    "CacheRegistry",
    "CacheStats",
    "Ledger",
    "Lookups",
    "Read",
    "count_lookups",
]
