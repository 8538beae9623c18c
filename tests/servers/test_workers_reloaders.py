"""Reloaders of development servers: when a file changes, another process goes on, and nothing is counted twice."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.servers.support import PATIENCE_SECONDS, ROOT
from tests.servers.workers_load import is_alive
from tests.servers.workers_support import Workers, await_answer, workers_of

pytestmark = pytest.mark.servers

SECONDS_BETWEEN_CHANGES = 3.0  # longer than any of the three takes to see a change and to end its process
PORT = ("--host", "127.0.0.1", "--port", "{port}")
RELOADERS = {
    "uvicorn": ("from tests.servers.workers_apps import asgi", ("-m", "uvicorn", "reloaded:asgi", *PORT, "--reload")),
    "flask": (
        "from tests.servers.workers_flask import app",
        ("-m", "flask", "--app", "reloaded:app", "run", "--reload", *PORT),
    ),
    "django": ("from tests.servers.workers_django import *", ("-m", "django", "runserver", "127.0.0.1:{port}")),
}


@pytest.mark.parametrize(("source", "command"), RELOADERS.values(), ids=RELOADERS)
def test_reloader(source: str, command: tuple[str, ...], tmp_path: Path) -> None:
    """What is shown has all since the start when it says `host`, and all of the new process when it says `process`."""
    pytest.importorskip(command[1])
    file = tmp_path / "reloaded.py"
    file.write_text(f"{source}  # noqa: F403\n", encoding="utf-8")
    variables = {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT), str(ROOT / "adapters")]),
        "DJANGO_SETTINGS_MODULE": "reloaded",
    }
    watched = ("--reload-dir", str(tmp_path)) if "uvicorn" in command else ()
    with workers_of(*command, *watched, folder=tmp_path, workers=1, variables=variables) as server:
        server.send(["/fast"] * 40)
        _reload(server, file)
        server.send(["/fast"] * 30)
        shown = {look.total[:2] for look in server.looks(workers=1)}
        assert len(server.answered) == 2
        # uvicorn's reloader is a supervisor like that of its workers; the others show no sign of one.
        assert shown == {("host", 70)} if "uvicorn" in command else shown in ({("host", 70)}, {("process", 30)})


def _reload(server: Workers, file: Path) -> None:
    """Change the file until the old process has gone, and wait until another answers.

    Once is not enough: a reloader may take its first look at the files after the app's first answer.
    """
    [before] = server.answered
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_alive(before):
        assert time.monotonic() < deadline, before
        later = file.stat().st_mtime + 10
        os.utime(file, (later, later))
        time.sleep(SECONDS_BETWEEN_CHANGES)
    await_answer(server)
