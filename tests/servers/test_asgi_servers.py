"""Real ASGI servers: the same requests over sockets give the same numbers on each."""

from __future__ import annotations

import pytest

from tests.servers.support import APPS, check, rows, serving

SERVERS = {
    "uvicorn with h11": ("uvicorn", f"{APPS}:asgi", "--host", "127.0.0.1", "--port", "{port}", "--http", "h11"),
    "uvicorn": ("uvicorn", f"{APPS}:asgi", "--host", "127.0.0.1", "--port", "{port}"),
    "granian": ("granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", "{port}", f"{APPS}:asgi"),
}


@pytest.fixture(params=SERVERS)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The command of each server."""
    arguments = SERVERS[request.param]
    pytest.importorskip(arguments[0], reason=f"pip install {arguments[0]}")
    return arguments


def test_same_numbers(command: tuple[str, ...]) -> None:
    """Every row has exactly the statuses and outcomes of what was sent; both tell a listening app of the leaving."""
    with serving(*command) as server:
        check(server)


def test_deaf_app(command: tuple[str, ...]) -> None:
    """An app that does not listen for the disconnect is not told of it, so the request is `ok`.

    uvicorn and granian both drop what such an app sends on, and `send` returns as if it had been sent.
    """
    with serving(*command) as server:
        server.leave("/deaf")
        assert rows(server.stats()) == {"GET /deaf": ({"200": 1}, {"ok": 1})}
