"""The four outcomes of a request, as small integers: they index lists on the hot path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftrack.shapes import OutcomeName

OK: Final = 0
CLIENT_ERROR: Final = 1
SERVER_ERROR: Final = 2
CLIENT_LEFT: Final = 3

OUTCOME_NAMES: Final[tuple[OutcomeName, ...]] = ("ok", "client_error", "server_error", "client_left")

NO_STATUS: Final = 0
"""Stands for the status of a request that was never answered; shown as "none"."""


def error_outcomes(errors: str) -> tuple[int, ...]:
    """Give the outcomes that the setting *errors* takes for errors."""
    return (SERVER_ERROR,) if errors == "server" else (CLIENT_ERROR, SERVER_ERROR)


def outcome_of(status: int) -> int:
    """Give the outcome of a complete response with *status*."""
    if status >= 500 or status == NO_STATUS:
        return SERVER_ERROR
    return CLIENT_ERROR if status >= 400 else OK
