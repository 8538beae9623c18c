"""The files that workers share: closed to others, and never trusted."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.workers_kept import DAMAGES, flipped, kept_files, similar_name
from tests.servers.workers_load import await_end, under_load
from tests.servers.workers_support import Look, Workers, totals, workers_of
from tests.servers.workers_table import gunicorn

pytestmark = pytest.mark.servers

COMMAND = gunicorn("sync", workers=3)
PRECIOUS = b"precious\n" * 1000
OWN = f"perftrack-{os.geteuid()}"
"""The folder that perftrack makes for itself."""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where perftrack keeps its folder."""
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    return folder


def test_modes(kept: Path) -> None:
    """Files are 0600 in folders that are 0700, whatever the umask is and whoever can write beside them."""
    kept.chmod(0o777)
    with workers_of(*COMMAND, "--umask", "0", variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        assert totals(server.looks()) == {("host", 60)}
        assert {stat.S_IMODE(file.stat().st_mode) for file in kept_files(kept)} == {0o600}
        folders = [path for path in kept.rglob("*") if path.is_dir()]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


@pytest.mark.parametrize("trap", ["open to others", "a link", "somebody else's"])
def test_folder_that_is_not_ours_alone(trap: str, kept: Path, tmp_path: Path) -> None:
    """Where others may have laid hands on perftrack's folder, it is not used, and every worker says so."""
    precious = tmp_path / "precious"
    precious.mkdir(mode=0o700)
    (precious / "file").write_bytes(PRECIOUS)
    own = kept / OWN
    if trap == "a link":
        own.symlink_to(precious)
    else:
        own.mkdir()
        own.chmod(0o777)
    if trap == "somebody else's":
        if os.geteuid() != 0:
            pytest.skip("only root can give a folder away")
        own.chmod(0o700)
        os.chown(own, 65534, 65534)
    with workers_of(*COMMAND, variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        looks = server.looks()
        assert {look.stats["scope"] for look in looks} == {"process"}
        assert all(_complaints(look) for look in looks)
    assert kept_files(kept) == []
    assert [path.read_bytes() for path in precious.iterdir()] == [PRECIOUS]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_files_that_are_not_right(damage: Callable[[Path], None], kept: Path) -> None:
    """Beside the workers' own files they change no number and stop no answer; every worker says that it skips them."""
    with workers_of(*COMMAND, variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        assert totals(server.looks()) == {("host", 60)}
        with under_load(server) as load:
            for file in kept_files(kept):
                damage(file)
            load.await_answers(50)
            server.looks(settled=False)
        _replace_a_worker(server)
        looks = server.looks()
        assert load.lost == 0
        assert {look.total[:2] for look in looks} == {("host", server.sent)}
        assert all(_complaints(look) for look in looks)


@pytest.mark.parametrize("name", ["charter", "lock", "retired", "worker-*"])
def test_bit_that_flips_in_a_file_of_their_own(name: str, kept: Path) -> None:
    """While a file is wrong, also when a worker is replaced, an answer has all numbers or says that it skips some."""
    with workers_of(*COMMAND, variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        _replace_a_worker(server)
        server.send(["/fast"] * 60)
        assert totals(server.looks()) == {("host", 120)}
        with flipped(next(kept.rglob(name))):
            server.send(["/fast"] * 20)
            _check_all_or_said(server)
            _replace_a_worker(server)
            _check_all_or_said(server)
        server.send(["/fast"] * 20)
        _check_all_or_said(server)


def test_links_in_the_folder(kept: Path, tmp_path: Path) -> None:
    """Links beside the files are not followed: what they lead to is neither read, nor written, nor removed."""
    precious = tmp_path / "precious"
    precious.write_bytes(PRECIOUS)
    with workers_of(*COMMAND, variables=_in(kept)) as server:
        server.send(["/fast"] * 60)
        assert totals(server.looks()) == {("host", 60)}
        for file in kept_files(kept):
            for number in range(60, 63):
                similar_name(file, number).symlink_to(precious)
            file.with_name(f".new-{file.name}").symlink_to(precious)
        server.send(["/fast"] * 60)
        _replace_a_worker(server)
        assert {look.total[:2] for look in server.looks()} == {("host", server.sent)}
    assert precious.read_bytes() == PRECIOUS


def _in(folder: Path) -> dict[str, str]:
    return {"PERFTRACK_DIR": str(folder)}


def _check_all_or_said(server: Workers) -> None:
    for look in server.looks():
        assert look.stats["total_requests"] == server.sent or _complaints(look), (look.total, server.sent)
        assert look.stats["total_requests"] <= server.sent


def _complaints(look: Look) -> list[str]:
    """Give the warnings, but for the one that a process always has that counts alone."""
    return [warning for warning in look.stats["warnings"] if "count apart" not in warning]


def _replace_a_worker(server: Workers) -> None:
    """Let one worker die and another come, who looks around in the folder."""
    server.settle()
    victim = server.await_workers(3).pop()
    os.kill(victim, signal.SIGKILL)
    await_end(victim)
    server.await_workers(3)
