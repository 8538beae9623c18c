"""Segments in which anything has changed raise nothing, and show no impossible number."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack.memory.shared.layout import CELLS, Layout, Sum
from tests.core.shared.damaged import NAME, check_answers, rich_segment
from tests.core.shared.support import folder_of, member, record_many
from tests.core.shared.test_equality import directory_of_its_own
from tests.support import FakeClock


def region_starts(content: bytes) -> dict[str, int]:
    """Say where each part of a segment begins."""
    layout = Layout(500 + 11, 500 + 11 + 64)
    return {
        "identity": 0,
        "cells": layout.cells_at,
        "arrivals": layout.arrivals_at,
        "lookups": layout.lookups_at,
        "page table": layout.page_table_at,
        "directory": layout.directories_at,
        "heap": layout.heap_at,
        "end": len(content),
    }


REGIONS = ["identity", "cells", "arrivals", "lookups", "page table", "directory", "heap", "end"]


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the segment of a worker that has something of everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERFTRACK_DIR", str(tmp_path_factory.mktemp("rich")))
        return rich_segment(member(FakeClock(), group="elsewhere"))


@settings(max_examples=40, deadline=None, database=None)
@given(data=st.data(), region=st.sampled_from(REGIONS[:-1]))
def test_changed_bits_raise_nothing(rich: bytes, data: st.DataObject, region: str) -> None:
    """Whatever bits change in whatever part, all answers come, and the numbers of the others are in them."""
    starts = region_starts(rich)
    begin, end = starts[region], starts[REGIONS[REGIONS.index(region) + 1]]
    content = bytearray(rich)
    for _ in range(data.draw(st.integers(1, 4), label="changes")):
        at = data.draw(st.integers(begin, end - 1), label="at")
        change = data.draw(st.binary(min_size=1, max_size=8) | st.sampled_from([b"\xff" * 8, b"\0" * 8]), label="bytes")
        content[at : at + len(change)] = change
    with directory_of_its_own():
        clock = FakeClock()
        reader = member(clock)
        record_many(reader, ("/own", 7))
        (folder_of(reader) / NAME).write_bytes(content[: len(rich)])
        check_answers(reader)  # the changed one is dead, so that this folds it
        check_answers(reader)
        clock.tick(4000.0)
        check_answers(reader)
        reader.memory.forget()


@pytest.mark.parametrize("sum_", Sum)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_seconds_that_are_none_are_named(clock: FakeClock, rich: bytes, sum_: Sum, value: float) -> None:
    """A sum that is no time is left out; the requests of its worker are counted."""
    reader, content = member(clock), bytearray(rich)
    record_many(reader, ("/own", 7))
    at = region_starts(rich)["cells"] + 8 * sum_
    assert sum_ < CELLS
    content[at : at + 8] = struct.pack("=d", value)
    (folder_of(reader) / NAME).write_bytes(content)
    stats = reader.stats()
    assert stats["warnings"] == [f"skipped: {NAME}: impossible seconds"]
    assert stats["total_requests"] == 7 + 40 * 71
    check_answers(reader)
