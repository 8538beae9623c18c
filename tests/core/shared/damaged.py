"""What the tests of damaged files have in common."""

from __future__ import annotations

import json

from perftrack import CacheStats, PerformanceTracker
from perftrack.memory.shared.layout import read_identity
from tests.core.shared.support import folder_of, member, record_many, segments

NAME = "worker-4711-00c0ffee"
"""Of a segment that the tests put there."""


def rich_segment(tracker: PerformanceTracker) -> bytes:
    """Copy the segment of a worker that has something of everything."""
    with_everything = member(tracker.clock, group="other")
    for number in range(40):
        record_many(with_everything, (f"/{number % 4}", 70), seconds=0.5 + number / 8)
        with_everything.memory.add_queue(0.5)
        with_everything.memory.add_untimed("GET", "/0", 3, 200, 0.25, tracker.clock(), 1.0)
        with_everything.memory.add_background(0.25)
        with_everything.cache(f"counted {number % 3}").hit()
        with_everything.watch_cache("watched", lambda: CacheStats(3, 1, 4, 8))
    [path] = segments(folder_of(with_everything))
    content = path.read_bytes()
    renamed = read_identity(content)._replace(name=NAME).prefix()
    return renamed + content[len(renamed) :]


def check_answers(tracker: PerformanceTracker) -> None:
    """Ask everything; what is shown has no number that JSON does not have."""
    answers = tracker.stats(), tracker.health(), tracker.series(), tracker.slow_queries(), tracker.cache_stats()
    assert "GET /own" in json.dumps(answers, allow_nan=False)
    assert answers[0]["endpoint_stats"]["GET /own"]["total_requests"] == 7


