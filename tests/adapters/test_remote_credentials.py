"""The token comes from where the user put it, in a fixed order, and no message and no representation shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from perftrack_cli.errors import CommandError
from perftrack_cli.remote.credentials import Token, find

SECRET = "very-secret-token-1"
ENVIRON = {"PERFTRACK_TOKEN": "of-the-environment", "PERFTRACK_ADMIN_TOKEN": "of-the-server, another"}


def netrc(folder: Path, text: str, mode: int = 0o600, name: str = ".netrc") -> Path:
    """Write a netrc file."""
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def entry(host: str = "shop.example", token: str = SECRET) -> str:
    """Give the line of one host."""
    return f"machine {host} login admin password {token}\n"


def test_order(tmp_path: Path) -> None:
    """The command line comes first, then the file that was named, the two variables, and the file at home."""
    named = netrc(tmp_path, entry(), name="named")
    netrc(tmp_path, entry(token="of-the-home"))
    host, file = "shop.example", str(named)
    found = [
        find("given", file, host, ENVIRON, tmp_path),
        find(None, file, host, ENVIRON, tmp_path),
        find(None, None, host, ENVIRON, tmp_path),
        find(None, None, host, {**ENVIRON, "PERFTRACK_TOKEN": " "}, tmp_path),
        find(None, None, host, {}, tmp_path),
        find(None, None, "other.example", {}, tmp_path),
    ]
    values = ["given", SECRET, "of-the-environment", "of-the-server", "of-the-home"]
    assert [token and token.value for token in found] == [*values, None]
    assert [token.source for token in found if token][2:4] == ["$PERFTRACK_TOKEN", "$PERFTRACK_ADMIN_TOKEN"]


def test_the_default_entry_is_not_sent_anywhere(tmp_path: Path) -> None:
    """A password that is meant for every other host would go to any address that somebody mistypes."""
    netrc(tmp_path, f"default login anonymous password {SECRET}\n")
    assert find(None, None, "shop.example", {}, tmp_path) is None


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (entry(), 0o640, "others may read"),
        (entry(), 0o604, "others may read"),
        (entry("other.example"), 0o600, "has no password for machine shop.example; add: machine shop.example login"),
        (f"machine shop.example password\n{SECRET} {SECRET}", 0o600, "cannot be read as netrc, line "),
    ],
)
def test_files_that_are_refused(tmp_path: Path, text: str, mode: int, said: str) -> None:
    """A file that others may read, that cannot be read or that lacks the host is refused, and no word of it shown."""
    path = netrc(tmp_path, text, mode)
    with pytest.raises(CommandError) as refused:
        find(None, str(path), "shop.example", {}, tmp_path)
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """A missing file and a folder are named; text that is none too."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("missing", ".", "binary"):
        with pytest.raises(CommandError, match="cannot be read"):
            find(None, str(tmp_path / name), "shop.example", {}, tmp_path)


def test_a_home_file_of_others_matters_only_with_the_host(tmp_path: Path) -> None:
    """A readable file at home without the host stops nobody."""
    netrc(tmp_path, entry("other.example"), 0o644)
    assert find(None, None, "shop.example", {}, tmp_path) is None


@pytest.mark.parametrize("value", ["", " ", f"{SECRET}\r\nX-Evil: 1", f"{SECRET} two", f"{SECRET}\x7f"])
def test_tokens_that_cannot_be_sent(value: str) -> None:
    """What could not be a header, or would be two, is refused without showing it."""
    with pytest.raises(CommandError) as refused:
        find(value, None, "shop.example", {}, Path())
    assert "the token of --token" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_token_is_not_shown() -> None:
    """Neither its representation nor that of what holds it has the value."""
    assert SECRET not in f"{Token(SECRET, '--token')!r} {[Token(SECRET, '--token')]}"
    assert Token("ключ", "x").header == "Bearer " + "ключ".encode().decode("latin-1")
