"""Scenarios of several requests at once: each has its own numbers, and none stays behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from tests.conformance.apps.shared import SLOW
from tests.conformance.client import Client
from tests.conformance.expected import QUICK, Expected, Row, client_left, ok, server_error
from tests.conformance.integrations import Integration
from tests.conformance.scenario import scenario


def at_once(*calls: Callable[[], object]) -> None:
    """Make all *calls* at the same time."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@scenario(
    "8 requests at once",
    {
        "GET /slow": ok(3, 200, (SLOW - 0.02, 3.0)),
        "GET /stream": ok(2, 200, (0.28, SLOW - 0.05), QUICK),
        "GET /teapot": Row({"418": 1}, {"client_error": 1}, QUICK),
        "GET /items/{id}": ok(2, 200, QUICK),
    },
    also=Expected(slow=("GET /slow",) * 3),
)
def interleaved(client: Client) -> None:
    """Slow, streamed and fast requests at the same time keep their own names, statuses and times."""
    slow = [lambda: client.get("/slow")] * 3
    streams = [lambda: client.get("/stream")] * 2
    at_once(*slow, *streams, lambda: client.get("/teapot"), *[lambda: client.get("/items/1")] * 2)


def _everything(integration: Integration) -> Expected:
    rows = {
        "GET /boom": server_error(),
        "GET /break": server_error(1, 200),
        "GET /endless": client_left(),
        "GET /late": client_left(),
        "GET /items/{id}": ok(),
    }
    return Expected(rows, about_flight=True)


@scenario("in flight after failures of all kinds", expect=_everything, concept="in flight")
def all_failures(client: Client) -> None:
    """After errors, broken streams and clients that left, nothing is in flight."""

    def cut_off() -> None:
        with suppress(OSError):
            client.get_cut_off("/break")

    at_once(
        lambda: client.get("/boom"),
        cut_off,
        lambda: client.leave_after_first_bytes("/endless"),
        lambda: client.leave_before_answer("/late"),
        lambda: client.get("/items/1"),
    )
