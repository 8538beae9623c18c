"""The registered caches and perftrack's own store."""

from __future__ import annotations

from perftrack.counted import CacheCounts as Counts
from perftrack.report.fields import moment
from perftrack.shapes import CacheCounts, CacheStats
from perftrack.snapshot import Snapshot


def cache_stats(snapshot: Snapshot) -> CacheStats:
    """Give the registered caches and perftrack's own store."""
    hits = sum(cache.hits for cache in snapshot.caches.values())
    misses = sum(cache.misses for cache in snapshot.caches.values())
    return {
        "caches": {name: _cache(cache) for name, cache in sorted(snapshot.caches.items())},
        "totals": {"hits": hits, "misses": misses, "hit_rate": _hit_rate(hits, misses)},
        "store": {
            "cache_status": "shared-memory" if snapshot.shared else "in-memory",
            "endpoints": len(snapshot.endpoints),
            "bytes": snapshot.bytes,
        },
        "timestamp": moment(snapshot.wall),
    }


def _cache(cache: Counts) -> CacheCounts:
    return {
        "hits": cache.hits,
        "misses": cache.misses,
        "hit_rate": _hit_rate(cache.hits, cache.misses),
        "size": cache.size,
        "max_size": cache.max_size,
        "evictions": cache.evictions,
        "lag_seconds": round(cache.lag, 1),
    }


def _hit_rate(hits: int, misses: int) -> float:
    return round(100 * hits / (hits + misses), 2) if hits + misses else 0.0
