"""Where the files are: a directory of this user alone, or nowhere."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from perftrack import PerformanceTracker
from perftrack.memory.shared.place import places, private_directory, user_directory
from tests.core.shared.support import folder_of, member, record_many
from tests.support import FakeClock

OURS = f"perftrack-{os.geteuid()}"


def refusal(clock: FakeClock) -> str:
    """Give the only warning of a tracker that found no place, and counts alone."""
    tracker = PerformanceTracker(clock=clock, memory="shared", group="group")
    record_many(tracker, ("/", 2))
    stats = tracker.stats()
    assert (stats["scope"], stats["total_requests"]) == ("process", 2)
    [warning] = stats["warnings"]
    assert "numbers of one process" in warning
    return warning


def test_files_are_this_users_alone(clock: FakeClock, home: Path) -> None:
    """Directories are 0700 and files 0600, whatever the umask."""
    umask = os.umask(0)
    try:
        dead, tracker = member(clock), member(clock)
        dead.memory.forget()
        tracker.snapshot()
    finally:
        os.umask(umask)
    modes = {path.name.split("-")[0]: stat.S_IMODE(path.lstat().st_mode) for path in home.rglob("*")}
    assert modes.pop("perftrack") == modes.pop(folder_of(tracker).name) == 0o700
    assert modes == {"charter": 0o600, "lock": 0o600, "retired": 0o600, "worker": 0o600}


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o750, 0o777, 0o1777])
def test_a_directory_that_is_open_to_others_is_not_used(clock: FakeClock, home: Path, mode: int) -> None:
    """Somebody else may have put files there."""
    (home / OURS).mkdir()
    (home / OURS).chmod(mode)
    assert OURS in refusal(clock)
    assert list((home / OURS).iterdir()) == []


def test_somebody_elses_directory_is_not_used(
    clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory with our name that another user made is theirs."""
    uid = os.geteuid()
    (home / f"perftrack-{uid + 1}").mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    assert f"perftrack-{uid + 1}" in refusal(clock)


def test_a_link_is_not_followed(clock: FakeClock, home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody can lead us into another directory."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    elsewhere.chmod(0o700)
    (home / OURS).symlink_to(elsewhere)
    refusal(clock)
    assert list(elsewhere.iterdir()) == []


def test_a_group_that_is_a_link_is_not_followed(
    clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nor into another group."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    elsewhere.chmod(0o700)
    folder = folder_of(member(clock))
    folder.rename(folder.with_name("moved"))
    folder.symlink_to(elsewhere)
    with pytest.raises(OSError, match=folder.name):
        member(clock)
    assert list(elsewhere.iterdir()) == []


def test_a_parent_that_all_may_write_is_all_right(clock: FakeClock, home: Path) -> None:
    """As the temporary directory is: our own directory in it is what counts."""
    home.chmod(0o1777)
    assert folder_of(member(clock)).parent == home / OURS


@pytest.mark.parametrize("what", ["nothing", "a file", "a link to itself"])
def test_a_named_place_that_is_no_directory(
    clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Missing, a file or a link to itself: the warning names the place, and no other one is tried."""
    place = home / "named"
    if what == "a file":
        place.touch()
    if what == "a link to itself":
        place.symlink_to(place)
    monkeypatch.setenv("PERFTRACK_DIR", str(place))
    assert str(place) in refusal(clock)


def test_the_order_of_places() -> None:
    """What the user named is the only place; else the session's directory, shared memory, the temporary directory."""
    assert list(places({"PERFTRACK_DIR": "/named", "XDG_RUNTIME_DIR": "/run/me"})) == [Path("/named")]
    others = [Path("/dev/shm"), Path(tempfile.gettempdir())]  # noqa: S108 - what is compared, not used
    assert list(places({"XDG_RUNTIME_DIR": "/run/me"})) == [Path("/run/me"), *others]
    assert list(places({"PERFTRACK_DIR": "", "XDG_RUNTIME_DIR": ""})) == others


def test_the_next_place_is_tried(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that cannot be used is passed over."""
    (home / OURS).touch()
    good = home / "good"
    good.mkdir()

    def three(_: object) -> Iterator[Path]:
        return iter((home / "missing", home, good))

    monkeypatch.setattr("perftrack.memory.shared.place.places", three)
    descriptor, path = user_directory({})
    os.close(descriptor)
    assert path == good / OURS


def test_a_directory_is_made_once(home: Path) -> None:
    """Made or found, it is the same; its parent may be a path or a descriptor."""
    first = private_directory(home, "ours")
    second = private_directory(first, "below")
    third = private_directory(home / "ours", "below")
    assert os.fstat(second).st_ino == os.fstat(third).st_ino
    for descriptor in (first, second, third):
        os.close(descriptor)
