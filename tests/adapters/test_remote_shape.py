"""What a server answers is held against the shapes before anything relies on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from perftrack import PerformanceTracker, shapes
from perftrack.terminal import slow_log, table, verdict
from perftrack_cli.errors import CommandError
from perftrack_cli.remote.shape import read
from tests.adapters.remote_support import measured

TRACKER = measured()
ANSWERS: list[tuple[Callable[[PerformanceTracker], object], Any]] = [
    (PerformanceTracker.stats, shapes.Stats),
    (PerformanceTracker.health, shapes.Health),
    (PerformanceTracker.series, shapes.Series),
]


def changed(**changes: object) -> bytes:
    """Give an answer of `/stats` with some values changed; `...` takes a key away."""
    values = {**TRACKER.stats(), **changes}
    return json.dumps({name: value for name, value in values.items() if value is not ...}).encode()


@pytest.mark.parametrize(("answer", "shape"), ANSWERS)
def test_what_a_tracker_answers_has_its_shape(answer: Callable[[PerformanceTracker], object], shape: Any) -> None:
    """Real answers pass, and are given back whole."""
    expected = json.loads(json.dumps(answer(TRACKER)))
    assert read(json.dumps(expected).encode(), shape) == expected


def test_a_newer_server_may_say_more() -> None:
    """Keys that are not known here pass."""
    assert read(changed(of_the_future=[1]), shapes.Stats)["total_requests"] == 100


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"total_requests": NaN}', "no JSON"),
        (b'{"total_requests": ' + b"9" * 5000 + b"}", "no JSON"),
        (b"[]", "the answer is not"),
        (changed(workers=...), "workers is not"),
        (changed(workers=True), "workers is not"),
        (changed(workers="4"), "workers is not"),
        (changed(scope="galaxy"), "scope is not"),
        (changed(warnings=["a", 1]), "warnings[1] is not"),
        (changed(endpoint_stats={"GET /": {}}), "endpoint_stats.*.total_requests is not"),
        (changed(duration=None), "duration is not"),
        (changed(uptime_seconds=1e300), "uptime_seconds is not"),
        (changed(uptime_seconds=10**400), "uptime_seconds is not"),
    ],
)
def test_what_has_another_shape_is_refused(body: bytes, said: str) -> None:
    """The place of the first difference is named."""
    with pytest.raises(CommandError) as refused:
        read(body, shapes.Stats)
    assert said in str(refused.value)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(some.sampled_from(sorted(TRACKER.stats())), JSON)
def test_what_passes_can_be_drawn(key: str, value: object) -> None:
    """Whatever stands at one place, it is refused, or the text of it is made without an error and is inert."""
    health = TRACKER.health()
    try:
        stats = read(changed(**{key: value}), shapes.Stats)
    except CommandError:
        return
    log: shapes.SlowQueries = {
        "slow_queries": stats["recent_slow_queries"],
        "slow_queries_count": 0,
        "slow_query_threshold": 1.0,
        "timestamp": "",
    }
    text = table.render(stats, health) + slow_log.render(log) + verdict.render(health)
    assert all(char.isprintable() or char == "\n" for char in text)
