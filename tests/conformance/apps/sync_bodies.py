"""The pieces of streamed bodies, for the synchronous apps."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.conformance.apps.shared import (
    ENDLESS_PAUSE,
    ENDLESS_PIECES,
    LATE,
    LATE_PIECES,
    PAUSE,
    PIECE,
    PIECES,
    BrokenError,
    event,
)


def pieces() -> Iterator[bytes]:
    """Give pieces with pauses between them."""
    for number in range(PIECES):
        if number:
            time.sleep(PAUSE)
        yield PIECE


def event_pieces() -> Iterator[bytes]:
    """Give server-sent events with pauses between them."""
    for number in range(PIECES):
        if number:
            time.sleep(PAUSE)
        yield event(number)


def endless_pieces() -> Iterator[bytes]:
    """Give pieces for ten seconds."""
    for _ in range(ENDLESS_PIECES):
        yield PIECE
        time.sleep(ENDLESS_PAUSE)


def late_pieces() -> Iterator[bytes]:
    """Give many pieces after a pause."""
    time.sleep(LATE)
    for _ in range(LATE_PIECES):
        yield PIECE


def pieces_then_error() -> Iterator[bytes]:
    """Give one piece, then fail."""
    yield PIECE
    time.sleep(PAUSE)
    raise BrokenError
