"""The admin token: from the command line, a netrc file or the environment. No message ever shows it."""

from __future__ import annotations

import netrc
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from perftrack.admin.tokens import TOKEN_VARIABLE
from perftrack_cli.errors import CommandError

VARIABLES = ("PERFTRACK_TOKEN", TOKEN_VARIABLE)
OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


class Token(NamedTuple):
    """A token, and where it comes from."""

    value: str
    source: str

    def __repr__(self) -> str:
        """Return a text without the token."""
        return f"Token(***, {self.source!r})"

    @property
    def header(self) -> str:
        """Return the value of the header; beyond ASCII a token is sent as its UTF-8 bytes."""
        return f"Bearer {self.value}".encode().decode("latin-1")


def find(
    given: str | None, file: str | None, host: str, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> Token | None:
    """Return the token for *host*: *given*, else of the netrc *file*, else of the environment, else of `~/.netrc`.

    Raises:
        CommandError: it cannot be sent, or the file cannot be used.
    """
    if given is not None:
        return _checked(Token(given, "--token"))
    if file is not None:
        return _checked(_in_file(Path(file), host) or _missing(file, host))
    for name in VARIABLES:
        # The variable of a server may hold several; each of them opens.
        if value := environ.get(name, "").partition(",")[0].strip():
            return _checked(Token(value, f"${name}"))
    own = (home or Path.home()) / ".netrc"
    found = _in_file(own, host) if own.is_file() else None
    return found and _checked(found)


def _in_file(path: Path, host: str) -> Token | None:
    # Only what is written for this host: the entry `default` would go to whatever address somebody mistypes.
    entry = _entries(path).get(host)
    if entry is None or not entry[2]:
        return None
    if path.stat().st_mode & OTHERS_MAY and os.name == "posix":
        raise CommandError(f"others may read {path}, so its tokens are not used; chmod 600 {path}")
    return Token(entry[2], str(path))


def _entries(path: Path) -> Mapping[str, tuple[str, str | None, str | None]]:
    try:
        hosts = netrc.netrc(path).hosts
    except netrc.NetrcParseError as error:
        # Its own text can hold the word that it stumbled on, which may be the token.
        raise CommandError(f"{path} cannot be read as netrc, line {error.lineno}; see man netrc") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise CommandError(f"{path} cannot be read: {reason}; give --netrc-file a file of yours") from None
    return {name: entry for name, entry in hosts.items() if name != "default"}


def _missing(file: str, host: str) -> Token:
    raise CommandError(f"{file} has no password for machine {host}; add: machine {host} login admin password TOKEN")


def _checked(token: Token) -> Token:
    if not token.value or any(char.isspace() or not char.isprintable() for char in token.value):
        raise CommandError(f"the token of {token.source} is empty or has blanks in it; give it as the server has it")
    return token
