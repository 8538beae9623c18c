"""The app's own caches: those that count by themselves are watched, the others are counted by hand."""

from __future__ import annotations

from perftrack.caches.counter import CacheCounter
from perftrack.caches.lookups import Lookups, count_lookups
from perftrack.caches.registry import MAX_CACHES, CacheRegistry
from perftrack.caches.watched import CacheStats, Read

__all__ = ["MAX_CACHES", "CacheCounter", "CacheRegistry", "CacheStats", "Lookups", "Read", "count_lookups"]
