"""Real WSGI servers: the same requests over sockets give the same numbers on each."""

from __future__ import annotations

import pytest

from tests.servers.support import APPS, check, serving

GUNICORN = ("gunicorn", f"{APPS}:wsgi", "--bind", "127.0.0.1:{port}", "--workers", "1")
SERVERS = {
    "wsgiref": ("tests.servers.support_wsgiref", "{port}"),
    "waitress": ("waitress", "--listen=127.0.0.1:{port}", f"{APPS}:wsgi"),
    "gunicorn sync": (*GUNICORN, "--worker-class", "sync"),
    "gunicorn gthread": (*GUNICORN, "--worker-class", "gthread", "--threads", "4"),
    "granian": ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", f"{APPS}:wsgi"),
}


@pytest.mark.parametrize("command", SERVERS.values(), ids=SERVERS)
def test_same_numbers(command: tuple[str, ...]) -> None:
    """Every row has exactly the statuses and outcomes of what was sent, files and clients that left among them."""
    pytest.importorskip(command[0], reason=f"pip install {command[0]}")
    with serving(*command) as server:
        check(server)
