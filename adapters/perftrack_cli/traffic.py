"""The visitors of the demo shop: bounded in number and rate, in the same order for the same seed."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from perftrack_cli import shop
from perftrack_cli.tally import Tally

THREADS = 6
TIMEOUT_SECONDS = 10.0
MOST_REQUESTS = 1_000_000


class Visit(NamedTuple):
    """One request to send."""

    endpoint: str
    method: str
    path: str
    body: str | None = None
    leaves: bool = False


KINDS = {
    "home": 10, "list": 22, "head": 3, "product": 35, "search": 12, "slow search": 1,
    "checkout": 8, "declined": 1, "broken": 1, "missing": 3, "export": 3, "leaves": 1,
}  # fmt: skip
"""How often each kind comes in a hundred requests."""


def visits(seed: int) -> Iterator[Visit]:
    """Yield visits without end, always the same for the same *seed*; each hundred of them holds every kind."""
    chance = random.Random(seed)  # noqa: S311 - visits must repeat, not surprise
    deck = [kind for kind, weight in KINDS.items() for _ in range(weight)]
    while True:
        chance.shuffle(deck)
        yield from (_visit(kind, chance) for kind in deck)


FIXED = {
    "home": Visit("GET /", "GET", "/"),
    "list": Visit("GET /products", "GET", "/products"),
    "head": Visit("HEAD /products", "HEAD", "/products"),
    "slow search": Visit("GET /search", "GET", f"/search?q={shop.SLOW_SEARCH}"),
    "checkout": Visit("POST /checkout", "POST", "/checkout", "card=good"),
    "declined": Visit("POST /checkout", "POST", "/checkout", f"card={shop.DECLINED_CARD}"),
    "broken": Visit("POST /checkout", "POST", "/checkout", f"card={shop.BROKEN_CARD}"),
    "export": Visit("GET /export.csv", "GET", "/export.csv"),
    "leaves": Visit("GET /orders/feed", "GET", "/orders/feed", leaves=True),
}


def _visit(kind: str, chance: random.Random) -> Visit:
    if kind == "product":
        return Visit("GET /products/{id}", "GET", f"/products/{chance.randint(1, shop.PRODUCTS)}")
    if kind == "search":
        return Visit("GET /search", "GET", f"/search?q={chance.randint(1, 9)}")
    if kind == "missing":
        return Visit("GET <unmatched>", "GET", f"/old-{chance.randint(1, 999)}.php")
    return FIXED[kind]


class Traffic:
    """Sends visits from a few threads and keeps count of what was answered."""

    def __init__(self, port: int, per_second: float, seed: int = 1, most: int = MOST_REQUESTS) -> None:
        """Send at most *most* requests, *per_second* of them a second, to *port* of this machine."""
        self.tally = Tally()
        """What was sent and answered so far."""
        self._port = port
        self._pause = THREADS / per_second
        self._visits = islice(visits(seed), most)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send_all, args=(n,), daemon=True) for n in range(THREADS)]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send no more, and wait for the answers to what was sent."""
        self._stop.set()
        for thread in self._threads:
            thread.join(TIMEOUT_SECONDS)

    def join(self) -> None:
        """Wait until all is sent and answered."""
        for thread in self._threads:
            thread.join()

    def _send_all(self, number: int) -> None:
        due = time.monotonic() + self._pause * number / THREADS
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            visit = self._next()
            if visit is None:
                return
            status = self._send(visit)
            with self._lock:
                self.tally.count(visit.endpoint, status, visit.leaves)
            # What was late is not caught up on: the rate is a ceiling.
            due = max(due + self._pause, time.monotonic())

    def _next(self) -> Visit | None:
        with self._lock:
            return next(self._visits, None)

    def _send(self, visit: Visit) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        with suppress(OSError, http.client.HTTPException):
            connection.request(visit.method, visit.path, visit.body)
            with connection.getresponse() as response:
                # Closing with more to come resets the connection: that is how the server learns of it.
                response.read(1 if visit.leaves else None)
                return response.status
        return None
