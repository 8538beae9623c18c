"""The registered caches and perftrack's own store."""

from __future__ import annotations

from perftrack.report.fields import moment
from perftrack.shapes import CacheStats
from perftrack.snapshot import Snapshot


def cache_stats(snapshot: Snapshot) -> CacheStats:
    """Give the registered caches and perftrack's own store."""
    return {
        "caches": {},
        "totals": {"hits": 0, "misses": 0, "hit_rate": 0.0},
        "store": {
            "cache_status": "shared-memory" if snapshot.shared else "in-memory",
            "endpoints": len(snapshot.endpoints),
            "bytes": snapshot.bytes,
        },
        "timestamp": moment(snapshot.wall),
    }
