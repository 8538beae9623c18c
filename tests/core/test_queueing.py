"""The proxy's header becomes seconds in the queue, in whatever unit it was written."""

from __future__ import annotations

from math import isclose

import pytest

from perftrack.queueing import queue_seconds

NOW = 1_768_473_000.0


@pytest.mark.parametrize(
    "header",
    [
        "t=1768472999.75",
        "1768472999.75",
        "t=1768472999750",
        "1768472999750",
        "t=1768472999750000",
        "1768472999750000",
        "1768472999750000000",
        "  t=1768472999.750 ",
    ],
)
def test_seconds_milliseconds_microseconds_and_nanoseconds(header: str) -> None:
    """nginx, Heroku, Apache and others write the same moment in four units; the size tells them apart."""
    seconds = queue_seconds(header, NOW)
    assert seconds is not None
    assert isclose(seconds, 0.25, abs_tol=1e-6)


@pytest.mark.parametrize("ahead", [0.0, 0.001, 60.0])
def test_a_proxy_whose_clock_is_ahead_gives_zero(ahead: float) -> None:
    """The time in the queue is never negative."""
    assert queue_seconds(f"t={NOW + ahead:.3f}", NOW) == 0.0


@pytest.mark.parametrize(
    "header", ["", "t=", "now", "t=abc", "-5", "1e9", "nan", "inf", "1.2.3", "1,5", "t=t=1", "1" * 21, "0x10", "1 2"]
)
def test_what_is_no_time_is_none(header: str) -> None:
    """A header that is no plain number is passed over, not guessed at."""
    assert queue_seconds(header, NOW) is None
