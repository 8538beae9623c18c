"""Which group a process belongs to.

Two apps of one user on one host never share a group by themselves, so that the name is made of what only the workers of
one server have in common: their supervisor, by its process id and its start. Two trackers of one process are told apart
by their names, and by their order where they have the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from perftrack.memory.shared.process import Process, command_of, described
from perftrack.memory.shared.supervisor import Supervisor


class Membership(NamedTuple):
    """A group by the name of its directory, and by what its founder has to know."""

    directory: str
    supervisor: Process | None
    """None where nobody knows it: the group lives as long as its members."""
    kept: bool


def membership(
    tracker: str, group: str | None, supervisor: Supervisor | None, environ: Mapping[str, str]
) -> Membership:
    """Find the group of this process: by the name *group* if it has one, else by its *supervisor*.

    Raises:
        ValueError: It has neither.
    """
    kept = environ.get("PERFTRACK_KEEP", "") == "1"
    process = None if supervisor is None else described(supervisor.pid)
    if group is not None:
        return Membership(_hashed("group", group, tracker), process, kept)
    if supervisor is None or process is None:
        raise ValueError("no group and no supervisor")
    if kept:  # a server that is started again has another supervisor, with the same command in the same directory
        command = _hashed("command", str(Path.cwd()), command_of(process.pid), supervisor.part, tracker)
        return Membership(command, process, kept)
    return Membership(_hashed("supervisor", *map(str, process), supervisor.part, tracker), process, kept)


def _hashed(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()[:32]
