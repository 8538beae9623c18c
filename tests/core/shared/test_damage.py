"""Files that are not what they should be are left out and named; the rest stays exact, and nothing is raised."""

from __future__ import annotations

import os
import shutil
import struct
from binascii import crc32
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker
from perftrack.memory.shared.layout import Identity
from perftrack.memory.shared.process import this_process
from tests.core.shared.damaged import NAME, check_answers, rich_segment
from tests.core.shared.support import child, folder_of, member, record_many, segments, totals
from tests.core.shared.test_equality import directory_of_its_own
from tests.support import FakeClock

OWN = {"GET /own": 7}


@pytest.fixture
def reader(clock: FakeClock) -> PerformanceTracker:
    """Make a member with seven requests."""
    tracker = member(clock)
    record_many(tracker, ("/own", 7))
    return tracker


def check_skipped(tracker: PerformanceTracker, name: str, reason: str = "") -> None:
    """See that the rest is exact and that the warnings name the file."""
    stats = tracker.stats()
    assert {key: row["total_requests"] for key, row in stats["endpoint_stats"].items()} == OWN
    [warning] = stats["warnings"]
    assert warning.startswith(f"skipped: {name}: ")
    assert reason in warning
    assert tracker.health()["warnings"]
    assert tracker.series()["slots"][-1]["requests"] == sum(OWN.values())


def prefix(**changes: object) -> bytes:
    """Write the beginning of a segment with a right checksum and other values."""
    identity = Identity("worker-1-00000000", *this_process(), 1.0, 1.0, 10, 20)
    good = identity.prefix()
    text = good[24:]
    for name, value in changes.items():
        current = getattr(identity, name)
        old = f'"{name}": "{current}"' if isinstance(current, str) else f'"{name}": {current}'
        text = text.replace(old.encode(), f'"{name}": {value}'.encode())
    return good[:12] + struct.pack("=III", crc32(text), len(text), 0) + text


def beginning(text: bytes) -> bytes:
    """Write the beginning of a segment whose identity is *text*, with a right checksum."""
    return prefix()[:12] + struct.pack("=III", crc32(text), len(text), 0) + text


BEGINNINGS = {
    "empty": (b"", "truncated"),
    "short": (prefix()[:100], "truncated"),
    "zeros": (bytes(300_000), "not a segment"),
    "text": (b"What is this?\n" * 1000, "not a segment"),
    "older": (prefix()[:8] + struct.pack("=I", 0) + prefix()[12:] + bytes(300_000), "layout version 0"),
    "newer": (prefix()[:8] + struct.pack("=I", 99) + prefix()[12:] + bytes(300_000), "layout version 99"),
    "changed": (prefix().replace(b'"rows": 10', b'"rows": 19') + bytes(300_000), "wrong checksum"),
    "endless identity": (prefix()[:16] + struct.pack("=I", 1 << 31) + prefix()[20:] + bytes(300_000), "checksum"),
    "other byte order": (prefix(byte_order='"middle"') + bytes(300_000), "byte order"),
    "far too many rows": (prefix(rows=1 << 40) + bytes(300_000), "truncated"),
    "no number of rows": (prefix(rows="null") + bytes(300_000), ""),
    "no identity": (beginning(b"[]") + bytes(300_000), ""),
    "no JSON": (beginning(b"\xff{") + bytes(300_000), ""),
    "nothing in it": (beginning(b'{"byte_order": "%s"}' % os.sys.byteorder.encode()) + bytes(300_000), ""),  # type: ignore[attr-defined]
}


@pytest.mark.parametrize("what", BEGINNINGS)
def test_a_file_that_is_no_segment_is_skipped(reader: PerformanceTracker, what: str) -> None:
    """Truncated, foreign, of another version or byte order: it is named with the reason."""
    content, reason = BEGINNINGS[what]
    (folder_of(reader) / NAME).write_bytes(content)
    check_skipped(reader, NAME, reason)


def make_directory(path: Path) -> None:
    """Put a directory there."""
    path.mkdir()


def make_pipe(path: Path) -> None:
    """Put a named pipe there, which waits for a writer when it is opened the wrong way."""
    os.mkfifo(path)


def make_link(path: Path) -> None:
    """Put a link there to a segment that is all right."""
    path.symlink_to(segments(path.parent)[0])


def make_endless(path: Path) -> None:
    """Put a file there that is far too long."""
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize("make", [make_directory, make_pipe, make_link, make_endless])
def test_what_is_no_plain_file_is_skipped(reader: PerformanceTracker, make: Callable[[Path], None]) -> None:
    """A directory, a pipe, a link or a file without end hangs nothing and is not followed."""
    make(folder_of(reader) / NAME)
    check_skipped(reader, NAME)


@pytest.mark.parametrize("make", [make_directory, make_pipe, make_link])
def test_the_file_of_the_dead_may_be_anything(reader: PerformanceTracker, make: Callable[[Path], None]) -> None:
    """Whatever is in the place of the retired counts, the living are counted."""
    make(folder_of(reader) / "retired")
    check_skipped(reader, "retired")


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"12\n[]", b"\xff\n\xff", *(b"%d\n" % crc32(text) + text for text in (b"[]", b"[2, 1, [], []]"))],
)
def test_a_damaged_file_of_the_dead_is_skipped(reader: PerformanceTracker, content: bytes) -> None:
    """Retired counts that are not what was written are set aside and named; the next death is counted in a new file."""
    (folder_of(reader) / "retired").write_bytes(content)
    check_skipped(reader, "retired")
    dead = member(reader.clock)
    record_many(dead, ("/dead", 3))
    dead.memory.forget()
    reader.snapshot()
    assert totals(reader) == {"GET /own": 7, "GET /dead": 3}
    [aside] = folder_of(reader).glob("damaged-*")
    assert aside.read_bytes() == content
    assert reader.stats()["warnings"] == [f"skipped: {aside.name}"]


@pytest.mark.parametrize("make", [make_directory, make_pipe, make_link])
def test_a_charter_may_be_anything(reader: PerformanceTracker, make: Callable[[Path], None]) -> None:
    """Whoever finds no charter to read joins nobody: it founds the group anew, or counts alone and says so."""
    charter = folder_of(reader) / "charter"
    charter.unlink()
    make(charter)

    def work(pipe: object) -> None:
        late = PerformanceTracker("late", clock=reader.clock, memory="shared", group="group")
        record_many(late, ("/late", 2))
        assert totals(late) == {"GET /late": 2}

    with child(work) as other:
        assert other.wait() == 0
    assert totals(reader)["GET /own"] == 7


@pytest.mark.parametrize("length", [0, 100, 1024, 2000, 4096, 40_000])
def test_a_truncated_segment_shows_what_is_whole(reader: PerformanceTracker, length: int) -> None:
    """A segment cut short anywhere is skipped, or what is missing in it is named."""
    content = rich_segment(reader)
    assert length < len(content)
    (folder_of(reader) / NAME).write_bytes(content[:length])
    stats = reader.stats()
    assert any(NAME in warning for warning in stats["warnings"])
    assert stats["endpoint_stats"]["GET /own"]["total_requests"] == 7


@settings(max_examples=100, deadline=None, database=None)
@given(content=st.binary(max_size=3000), padding=st.sampled_from([0, 300_000]), valid=st.booleans())
def test_random_bytes_raise_nothing(content: bytes, padding: int, valid: bool) -> None:
    """A file of anything is skipped."""
    with directory_of_its_own():
        reader = member(FakeClock())
        record_many(reader, ("/own", 7))
        (folder_of(reader) / NAME).write_bytes((prefix() if valid else b"") + content + bytes(padding))
        check_answers(reader)
        reader.memory.forget()


def test_a_member_whose_file_is_gone_says_so(reader: PerformanceTracker) -> None:
    """Where somebody cleans up behind their back, workers answer on and name what they cannot see."""
    other = member(reader.clock)
    record_many(other, ("/other", 2))
    [own] = [path for path in segments(folder_of(reader)) if path.name == reader.memory._segment.name]  # type: ignore[attr-defined]
    own.unlink()
    stats = reader.stats()
    assert totals(reader) == {"GET /other": 2}
    assert stats["warnings"] == [f"skipped: {own.name}: the numbers of this process cannot be read"]
    assert reader.stats(scope="process")["total_requests"] == 0
    shutil.rmtree(folder_of(reader))
    assert reader.stats()["total_requests"] == 0
    assert stats["warnings"][0] in reader.stats(scope="process")["warnings"]
    reader.reset()
