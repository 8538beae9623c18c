"""The next one that comes clears up what nobody needs any more."""

from __future__ import annotations

import os
from pathlib import Path

from perftrack.memory.shared.lock import locked
from perftrack.memory.shared.process import this_process
from tests.core.shared.support import folder_of, member, record_many, segments, totals
from tests.core.shared.test_groups import gone, supervised
from tests.support import FakeClock


def groups(home: Path) -> set[str]:
    """List the groups by the first letter of their name."""
    [ours] = home.iterdir()
    return {path.name[0] for path in ours.iterdir() if len(path.name) == 32}


def test_the_founder_of_a_group_removes_the_dead_ones(clock: FakeClock, home: Path) -> None:
    """Those with a living member or supervisor stay, those that are kept or in use, and what is no group."""
    trackers = {
        name: supervised(clock, supervisor, name * 32, kept)
        for name, supervisor, kept in (
            ("a", None, False),
            ("b", gone(), False),
            ("c", this_process(), False),
            ("d", None, True),
            ("e", None, False),
            ("f", None, False),
        )
    }
    folders = {name: folder_of(tracker) for name, tracker in trackers.items()}
    for name in "bcdef":
        trackers[name].memory.forget()
    [ours] = home.iterdir()
    (ours / "notes").mkdir()
    (folders["f"] / "charter").write_text("damaged")
    (folders["a"] / "charter").unlink()  # its member lives
    in_use = os.open(folders["e"], os.O_RDONLY)
    with locked(in_use, 0.0):
        supervised(clock, None, "1" * 32)
    assert groups(home) == {"1", "a", "c", "d", "e"}
    assert (ours / "notes").exists()
    supervised(clock, None, "1" * 32)  # joins, and leaves the others alone
    assert groups(home) == {"1", "a", "c", "d", "e"}
    supervised(clock, None, "2" * 32)
    assert groups(home) == {"1", "2", "a", "c", "d"}
    os.close(in_use)


def test_files_that_were_never_finished_are_removed(clock: FakeClock) -> None:
    """Of a worker that was killed while it made its segment."""
    tracker = member(clock)
    (folder_of(tracker) / ".new-worker-1-00000000").touch()
    (folder_of(tracker) / "notes").touch()
    member(clock)
    assert [path.name for path in folder_of(tracker).glob(".new-*")] == []
    assert (folder_of(tracker) / "notes").exists()
    assert tracker.stats()["warnings"] == []


def test_many_workers_come_and_go(clock: FakeClock) -> None:
    """However many, there are as many files as live, and the file of the dead does not grow with their number."""
    reader, sizes = member(clock), list[int]()
    for number in range(300):
        dead = member(clock)
        record_many(dead, ("/", 2))
        dead.memory.forget()
        clock.tick(1.0)
        if number in (270, 299):
            reader.snapshot()
            sizes.append((folder_of(reader) / "retired").stat().st_size)
    assert totals(reader) == {"GET /": 600}
    assert len(segments(folder_of(reader))) == 1
    assert sizes[1] - sizes[0] < 2000  # a slot or three
    assert reader.snapshot().workers == 0
