"""Snapshot -> the JSON shapes of the admin contract. Percentages, percentiles and windows are worked out here."""

from __future__ import annotations

from perftrack.report.caches import cache_stats
from perftrack.report.endpoints import SORTS, endpoint
from perftrack.report.fields import moment
from perftrack.report.health import health
from perftrack.report.series import BAND_OCTAVES, series
from perftrack.report.slow import slow_queries
from perftrack.report.stats import SCOPES, stats
from perftrack.report.totals import capped
from perftrack.report.workers import worker_stats

__all__ = [
    "BAND_OCTAVES",
    "SCOPES",
    "SORTS",
    "cache_stats",
    "capped",
    "endpoint",
    "health",
    "moment",
    "series",
    "slow_queries",
    "stats",
    "worker_stats",
]
