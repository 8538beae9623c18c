"""The limits of `perftrack check`: how each is written, and whether the numbers keep it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from perftrack.shapes import EndpointStats, Stats
from perftrack.terminal.text import printable

Value = float | None


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that can be limited."""

    option: str
    name: str
    unit: str
    at_most: bool
    total: Callable[[Stats], Value]
    row: Callable[[EndpointStats], Value]
    summary: str


METRICS = (
    Metric(
        "--max-error-rate",
        "error rate",
        " %",
        True,
        lambda stats: stats["error_rate"],
        lambda row: row["error_rate"],
        "percent of the requests, without those whose client left",
    ),
    Metric(
        "--max-p95",
        "p95",
        " s",
        True,
        lambda stats: stats["duration"]["p95"],
        lambda row: row["p95_duration"],
        "seconds within which 95 %% of the requests are done",
    ),
    Metric(
        "--max-p99",
        "p99",
        " s",
        True,
        lambda stats: stats["duration"]["p99"],
        lambda row: row["p99_duration"],
        "seconds within which 99 %% are done",
    ),
    Metric(
        "--max-slow",
        "slow requests",
        "",
        True,
        lambda stats: stats["slow_queries_count"],
        lambda row: row["slow_queries_count"],
        "requests that lasted longer than slow_query_threshold",
    ),
    Metric(
        "--min-requests",
        "requests",
        "",
        False,
        lambda stats: stats["total_requests"],
        lambda row: row["total_requests"],
        "fewer are too few to judge (1)",
    ),
)
MIN_REQUESTS = METRICS[-1]


class Limit(NamedTuple):
    """A bound on a metric, of one endpoint or of all requests."""

    metric: Metric
    bound: float
    endpoint: str | None = None


class Finding(NamedTuple):
    """Whether a limit is kept, and how far."""

    limit: Limit
    value: Value

    @property
    def kept(self) -> bool:
        """Whether the number is within the limit; where there is none, nothing has been shown, and it is not."""
        if self.value is None:
            return False
        metric, bound, _ = self.limit
        return self.value <= bound if metric.at_most else self.value >= bound

    @property
    def text(self) -> str:
        """The number and the limit."""
        metric, bound, endpoint = self.limit
        what = metric.name if endpoint is None else f"{metric.name} of {printable(endpoint)}"
        found = "no request was measured" if self.value is None else f"{_shown(self.value)}{metric.unit}"
        return f"{what}: {found}, {'at most' if metric.at_most else 'at least'} {_shown(bound)}{metric.unit}"


def _shown(number: float) -> str:
    return f"{number:.0f}" if number == int(number) else f"{number:.6g}"


def reader(metric: Metric) -> Callable[[str], Limit]:
    """Return what reads `NUMBER` or `ENDPOINT=NUMBER` for *metric*."""

    def read(text: str) -> Limit:
        endpoint, equals, number = text.rpartition("=")
        try:
            bound = float(number)
        except ValueError:
            bound = -1.0
        if not 0 <= bound < 1e15 or (equals and not endpoint.strip()):
            raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor ENDPOINT=NUMBER")
        return Limit(metric, bound, endpoint.strip() if equals else None)

    return read


def judge(limit: Limit, stats: Stats) -> Finding:
    """Compare what was measured since the start or the last reset with *limit*."""
    if limit.endpoint is None:
        return Finding(limit, limit.metric.total(stats))
    row = stats["endpoint_stats"].get(limit.endpoint)
    return Finding(limit, None if row is None else limit.metric.row(row))
