"""The outcome that a status says."""

from __future__ import annotations

from typing import get_args

import pytest

from perftrack.outcomes import NO_STATUS, OUTCOME_NAMES, outcome_of
from perftrack.shapes import OutcomeName


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (NO_STATUS, "server_error"),
        (100, "ok"),
        (200, "ok"),
        (304, "ok"),
        (399, "ok"),
        (400, "client_error"),
        (499, "client_error"),
        (500, "server_error"),
        (599, "server_error"),
        (999, "server_error"),
    ],
)
def test_a_status_says_an_outcome(status: int, outcome: str) -> None:
    """From 400 on it is the client's error, from 500 on, or without any answer, the server's."""
    assert OUTCOME_NAMES[outcome_of(status)] == outcome


def test_names_are_those_of_the_answers() -> None:
    """The integers of the hot path and the JSON shapes have the same outcomes in the same order."""
    assert get_args(OutcomeName) == OUTCOME_NAMES
