"""Starts a server with several workers, sends it a known number of requests, and asks many workers for the numbers."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from pathlib import Path
from typing import IO, Any, Final

from tests.servers.support import PATIENCE_SECONDS, ROOT, environ, free_port, rows
from tests.servers.workers_answers import HEADER, SKIPPED

ADMIN: Final = "/admin/performance"
AT_ONCE: Final = 8
"""Requests under way at the same time, so that no worker can answer them all."""

LOOKS: Final = 12
_MOST_ROUNDS: Final = 40
_STOP_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Answer:
    """What came back, and from whom."""

    status: int
    body: bytes
    worker: int
    parent: int
    began: float
    ended: float


@dataclass(frozen=True)
class Look:
    """One answer of `/stats`, and the worker that gave it."""

    worker: int
    parent: int
    stats: Any

    @property
    def total(self) -> tuple[Any, ...]:
        """Give scope and total, and what the answer warns of: nothing, where all is well."""
        return self.stats["scope"], self.stats["total_requests"], *self.stats["warnings"]


@dataclass
class Workers:
    """A server that runs with several workers."""

    process: subprocess.Popen[bytes]
    port: int
    log: IO[bytes]
    folder: Path
    """Of this server alone; what perftrack keeps is below it."""
    answered: Counter[int] = field(default_factory=Counter[int])
    """Requests that have to be counted, by the worker that answered them."""

    @property
    def sent(self) -> int:
        """How many requests have to be counted."""
        return sum(self.answered.values())

    def ask(self, path: str, method: str = "GET", patience: float = PATIENCE_SECONDS) -> Answer:
        """Send one request on a connection of its own, and read the whole answer."""
        began = time.monotonic()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)) as client:
            headers = {"Connection": "close", "Origin": f"http://127.0.0.1:{self.port}"}
            client.request(method, path, headers=headers)
            response = client.getresponse()
            body = response.read()
            worker, parent = (response.getheader(HEADER) or "0 0").split()
            return Answer(response.status, body, int(worker), int(parent), began, time.monotonic())

    def send(self, paths: Iterable[str], at_once: int = AT_ONCE) -> list[Answer]:
        """Send these requests, several at once; every one has to be answered, and is noted."""
        with ThreadPoolExecutor(at_once) as pool:
            answers = list(pool.map(self.ask, paths))
        self.answered.update(answer.worker for answer in answers)
        return answers

    def admin(self, path: str = "/stats", method: str = "GET") -> Any:
        """Ask one admin page."""
        answer = self.ask(ADMIN + path, method)
        assert answer.status == 200, (answer, self.printed())
        return json.loads(answer.body)

    def await_workers(self, count: int = 2) -> set[int]:
        """Wait until as many workers have answered, with requests that are not counted; give them."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        seen: set[int] = set()
        while len(seen) < count:
            assert time.monotonic() < deadline, (seen, self.printed())
            seen.update(answer.worker for answer in self._together([SKIPPED] * AT_ONCE))
        return seen

    def settle(self) -> Any:
        """Wait until nothing is in flight: the client has an answer before its request is recorded."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            stats = self.admin()
            if stats["in_flight"] == 0:
                return stats
            assert time.monotonic() < deadline, (stats, self.printed())
            time.sleep(0.02)

    def looks(self, count: int = LOOKS, workers: int = 2, query: str = "", *, settled: bool = True) -> list[Look]:
        """Ask for the numbers until there are *count* answers, of at least so many *workers*.

        *settled* waits until nothing is in flight before.
        """
        if settled:
            self.settle()
        looks: list[Look] = []
        for _ in range(_MOST_ROUNDS):
            # Between them, requests that are not counted keep workers busy, so that others come to answer.
            answers = self._together(chain.from_iterable(repeat((f"{ADMIN}/stats{query}", SKIPPED), AT_ONCE)))
            looks += [_look(answer) for answer in islice(answers, 0, None, 2)]
            if len(looks) >= count and len({look.worker for look in looks}) >= workers:
                return looks
        raise AssertionError(f"{workers} workers did not answer: {Counter(look.worker for look in looks)}")

    def printed(self) -> str:
        """Give what the server printed."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def _together(self, paths: Iterable[str]) -> list[Answer]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self.ask, paths))


@contextlib.contextmanager
def workers_of(
    *command: str,
    program: str = sys.executable,
    folder: Path | None = None,
    workers: int = 2,
    port: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> Generator[Workers, None, None]:
    """Start *program* with *command*, in which `{port}` is a free port, and give it when *workers* have answered.

    What perftrack keeps is below *folder*, or below one that is gone afterwards.
    """
    with contextlib.ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        log = stack.enter_context(tempfile.TemporaryFile())
        number = port or free_port()
        arguments = [program, *(part.replace("{port}", str(number)) for part in command)]
        # A session of its own: what its workers leave behind ends with it.
        process = subprocess.Popen(
            arguments,
            cwd=ROOT,
            env={**environ(str(place)), **(variables or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        server = Workers(process, number, log, place)
        stack.callback(stop, process)
        await_answer(server)
        server.await_workers(workers)
        yield server


def await_answer(server: Workers) -> None:
    """Wait for the first answer, to a request that is not counted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert server.process.poll() is None, server.printed()
        with contextlib.suppress(OSError, http.client.HTTPException):
            server.ask(SKIPPED)
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer: {server.printed()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server as its operator does, then whatever of its session is left."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def facts(stats: Any) -> dict[str, Any]:
    """Give what of *stats* follows exactly from what was sent."""
    return {
        "scope": stats["scope"],
        "total_requests": stats["total_requests"],
        "total_errors": stats["total_errors"],
        "requests_per_minute": stats["requests_per_minute"],
        "timed": stats["duration"]["count"],
        "rows": rows(stats),
        "warnings": stats["warnings"],
    }


def totals(looks: Iterable[Look]) -> set[tuple[Any, ...]]:
    """Give the different totals of *looks*: one, where all is well."""
    return {look.total for look in looks}


def _look(answer: Answer) -> Look:
    assert answer.status == 200, answer
    return Look(answer.worker, answer.parent, json.loads(answer.body))
