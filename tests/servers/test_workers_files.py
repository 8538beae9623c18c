"""The files that workers share: closed to others, and never trusted."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from tests.servers.workers_kept import DAMAGES, kept_files, similar_name
from tests.servers.workers_load import await_end, under_load
from tests.servers.workers_support import Look, Workers, workers_of
from tests.servers.workers_table import gunicorn

pytestmark = pytest.mark.servers

COMMAND = gunicorn("sync", workers=3)
PRECIOUS = b"precious\n" * 1000


def test_modes(tmp_path: Path) -> None:
    """Files are 0600 in folders that are 0700, whatever the umask is."""
    kept = tmp_path / "kept"
    with workers_of(*COMMAND, "--umask", "0", variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        assert _totals(server.looks()) == {("host", 60)}
        files = kept_files(kept)
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        folders = [kept, *(path for path in kept.rglob("*") if path.is_dir())]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_folder_that_others_can_write(tmp_path: Path) -> None:
    """In a folder that is open to others, nothing is kept but in a closed folder of its own, or it says why not."""
    kept = tmp_path / "kept"
    kept.mkdir()
    kept.chmod(0o777)
    with workers_of(*COMMAND, variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        looks = server.looks()
        assert _totals(looks) == {("host", 60)} or all(_complaints(look) for look in looks)
        assert {stat.S_IMODE(file.parent.stat().st_mode) for file in kept_files(kept)} <= {0o700}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_folder_of_somebody_else(tmp_path: Path) -> None:
    """A folder that belongs to another user is not used, and every worker says so."""
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o700)
    os.chown(kept, 65534, 65534)
    with workers_of(*COMMAND, variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        looks = server.looks()
        assert {look.stats["scope"] for look in looks} == {"process"}
        assert all(str(kept) in " ".join(_complaints(look)) for look in looks)
        assert not list(kept.iterdir())


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_files_that_are_not_right(damage: object, tmp_path: Path) -> None:
    """Beside the workers' own files they change no number and stop no answer; every worker says that it skips them."""
    assert callable(damage)
    with workers_of(*COMMAND, variables=_in(tmp_path / "kept")) as server:
        server.send(["/fast"] * 60)
        with under_load(server) as load:
            files = kept_files(tmp_path / "kept")
            assert files
            for file in files:
                damage(file)
            load.await_answers(50)
            server.looks(settled=False)
        _replace_a_worker(server)
        looks = server.looks()
        assert load.lost == 0
        assert _totals(looks) == {("host", server.sent)}
        assert all(_complaints(look) for look in looks)


def test_bit_that_flips_in_a_live_file(tmp_path: Path) -> None:
    """While a file of the workers' own is wrong, an answer has all numbers or says that it skips some."""
    with workers_of(*COMMAND, variables=_in(tmp_path / "kept")) as server:
        server.send(["/fast"] * 60)
        assert _totals(server.looks()) == {("host", 60)}
        for file in kept_files(tmp_path / "kept"):
            _flip(file)
            server.send(["/fast"] * 20)
            for look in server.looks():
                assert look.stats["total_requests"] == server.sent or _complaints(look)
                assert look.stats["total_requests"] <= server.sent
            _flip(file)


def test_links_in_the_folder(tmp_path: Path) -> None:
    """Links beside the files are not followed: what they lead to is neither read, nor written, nor removed."""
    precious = tmp_path / "precious"
    precious.write_bytes(PRECIOUS)
    with workers_of(*COMMAND, variables=_in(tmp_path / "kept")) as server:
        server.send(["/fast"] * 60)
        files = kept_files(tmp_path / "kept")
        assert files
        for file in files:
            for number in range(60, 63):
                similar_name(file, number).symlink_to(precious)
            file.with_name(f"{file.name}.tmp").symlink_to(precious)
        server.send(["/fast"] * 60)
        _replace_a_worker(server)
        server.admin("/stats")
        assert _totals(server.looks()) == {("host", server.sent)}
    assert precious.read_bytes() == PRECIOUS


def test_link_in_place_of_the_folder(tmp_path: Path) -> None:
    """A link where perftrack's folder should be is not followed into a folder of the same user's."""
    first, second, precious = (tmp_path / name for name in ("first", "second", "precious"))
    for folder in (first, second, precious):
        folder.mkdir(mode=0o700)
    (precious / "file").write_bytes(PRECIOUS)
    with workers_of(*COMMAND, folder=first) as server:
        server.looks()
        names = {file.relative_to(first).parts[0] for file in kept_files(first)}
    assert names
    for name in names:
        (second / name).symlink_to(precious)
    with workers_of(*COMMAND, folder=second) as server:
        server.send(["/fast"] * 60)
        assert all(_complaints(look) for look in server.looks())
    assert [path.name for path in precious.iterdir()] == ["file"]
    assert (precious / "file").read_bytes() == PRECIOUS


def _in(folder: Path) -> dict[str, str]:
    return {"PERFTRACK_DIR": str(folder)}


def _totals(looks: list[Look]) -> set[tuple[str, int]]:
    return {(look.stats["scope"], look.stats["total_requests"]) for look in looks}


def _complaints(look: Look) -> list[str]:
    """Give the warnings, but for the one that a process with private memory always has."""
    return [warning for warning in look.stats["warnings"] if "count apart" not in warning]


def _replace_a_worker(server: Workers) -> None:
    """Let one worker die and another come, who looks around in the folder."""
    server.settle()
    victim = server.await_workers(3).pop()
    os.kill(victim, signal.SIGKILL)
    await_end(victim)
    server.await_workers(3)


def _flip(file: Path) -> None:
    with file.open("r+b") as opened:
        first = opened.read(1)
        opened.seek(0)
        opened.write(bytes([first[0] ^ 1]) if first else b"")
