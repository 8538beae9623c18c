"""A reader sees whole numbers while a writer in another process records flat out."""

from __future__ import annotations

import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import pytest

from tests.core.shared.support import check_whole, child, member
from tests.core.shared.test_kills import Request, mixed, new, scattered, slow, steady

LOOKS = 25


@pytest.mark.parametrize("nth", [steady, scattered, new, slow, mixed])
def test_every_look_is_whole_and_none_goes_back(nth: Callable[[int], Request]) -> None:
    """What was recorded before a look is in it, and nothing that was not begun when it ended."""
    begun: Any = get_context("fork").RawArray("Q", 2)  # records begun and finished: one aligned store each
    cells = memoryview(begun).cast("B").cast("Q")

    def write(pipe: Connection) -> None:
        tracker = member(time.perf_counter, max_endpoints=300)
        pipe.send("ready")
        number = 0
        while not pipe.poll():
            for _ in range(100):
                route, status, seconds = nth(number)
                number += 1
                cells[0] = number
                tracker.record("GET", route, status, float(seconds))
                cells[1] = number
        pipe.send(number)

    reader, seen = member(time.perf_counter, max_endpoints=300), 0
    with child(write) as writer:
        writer.answer()
        for _ in range(LOOKS):
            before = cells[1]
            snapshot = reader.snapshot()
            after = cells[0]
            found = check_whole(snapshot)
            assert before <= found <= after
            assert found >= seen
            assert not [warning for warning in snapshot.warnings if "skipped" in warning]
            seen = found
        assert check_whole(reader.snapshot()) <= writer.ask("stop") == check_whole(reader.snapshot())
