"""The pieces of streamed bodies, for the asynchronous apps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tests.conformance.apps.shared import (
    ENDLESS_PAUSE,
    ENDLESS_PIECES,
    LATE,
    LATE_PIECES,
    PAUSE,
    PIECE,
    PIECES,
    BrokenError,
    download,
    event,
)


async def pieces() -> AsyncIterator[bytes]:
    """Give pieces with pauses between them."""
    for number in range(PIECES):
        if number:
            await asyncio.sleep(PAUSE)
        yield PIECE


async def event_pieces() -> AsyncIterator[bytes]:
    """Give server-sent events with pauses between them."""
    for number in range(PIECES):
        if number:
            await asyncio.sleep(PAUSE)
        yield event(number)


async def endless_pieces() -> AsyncIterator[bytes]:
    """Give pieces for ten seconds."""
    for _ in range(ENDLESS_PIECES):
        yield PIECE
        await asyncio.sleep(ENDLESS_PAUSE)


async def late_pieces() -> AsyncIterator[bytes]:
    """Give many pieces after a pause."""
    await asyncio.sleep(LATE)
    for _ in range(LATE_PIECES):
        yield PIECE


async def pieces_then_error() -> AsyncIterator[bytes]:
    """Give one piece, then fail."""
    yield PIECE
    await asyncio.sleep(PAUSE)
    raise BrokenError


async def file_pieces() -> AsyncIterator[bytes]:
    """Give the file of /download."""
    with download().open("rb") as file:
        while piece := await asyncio.to_thread(file.read, 65536):
            yield piece
