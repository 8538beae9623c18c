"""Try an app in a process of its own before a server starts, so that nothing of it is alive when workers fork."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import IO, TypedDict, cast

from perftrack.terminal.text import one_line
from perftrack_cli.detect import Interface
from perftrack_cli.errors import CommandError
from perftrack_cli.load import described, load

CHILD = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from perftrack_cli.check import child
child(sys.argv[2])
"""
PATIENCE_SECONDS = 2.0


class Answer(TypedDict):
    """What the child found: the interface, or why there is none."""

    interface: Interface | None
    error: str


def check(target: str) -> Interface:
    """Import *target* in a child process and return the interface that it speaks.

    Raises:
        CommandError: it cannot be imported, is not there, or is no app.
    """
    command = [sys.executable, "-c", CHILD, json.dumps(sys.path), target]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nowhere, stdout=subprocess.PIPE, stderr=nowhere) as child:
        try:
            text = _read(child)
        except BaseException:
            child.kill()
            raise
    return _interface(target, text, child.returncode)


def child(target: str) -> None:
    """Write the answer for *target* to standard output; what the app itself prints goes to standard error."""
    answers = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(answers, "w") as stream:
        json.dump(_answer(target), stream)


def _answer(target: str) -> Answer:
    try:
        return {"interface": load(target).interface, "error": ""}
    except CommandError as error:
        return {"interface": None, "error": str(error)}
    except Exception as error:
        # Looking at an object can fail in its own ways: a property that raises, a proxy without its object.
        return {"interface": None, "error": f"looking at {target!r} failed: {described(error)}; name the app itself"}


def _read(child: subprocess.Popen[bytes]) -> bytes:
    text = cast(IO[bytes], child.stdout).read()
    try:
        child.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        # A thread that the app started at import keeps the process alive; the answer is complete all the same.
        child.kill()
    return text


def _interface(target: str, text: bytes, status: int) -> Interface:
    if not text:
        raise CommandError(f"importing {target!r} ended Python with status {status}; import it by hand to see why")
    answer: Answer = json.loads(text)
    if answer["interface"] is None:
        raise CommandError(one_line(answer["error"]))
    return answer["interface"]
