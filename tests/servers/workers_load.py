"""Requests that go on while a test does something to the server, and the evidence of what was recorded."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.support import PATIENCE_SECONDS
from tests.servers.workers_support import Answer, Workers

_MOST = 4000
"""Requests of one load, whatever the test waits for."""


@dataclass
class Load:
    """Requests that have been sent so far, one after the other in each of several threads."""

    server: Workers
    path: str
    answers: list[Answer] = field(default_factory=list[Answer])
    lost: int = 0
    """Requests that got no answer: their worker died, or was not there yet."""
    stopped: threading.Event = field(default_factory=threading.Event)

    def await_answers(self, more: int) -> None:
        """Wait until so many *more* requests have been answered."""
        wanted = len(self.answers) + more
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.answers) < wanted:
            assert time.monotonic() < deadline, (len(self.answers), wanted, self.server.printed())
            time.sleep(0.005)

    def run(self) -> None:
        """Send until stopped."""
        while not self.stopped.is_set() and len(self.answers) < _MOST:
            answer = try_to_ask(self.server, self.path)
            if answer is None:
                self.lost += 1
            else:
                self.answers.append(answer)


def try_to_ask(server: Workers, path: str) -> Answer | None:
    """Send one request, and give the answer, or None where its worker died or was not there yet."""
    try:
        return server.ask(path)
    except (OSError, http.client.HTTPException):
        time.sleep(0.02)
        return None


@contextlib.contextmanager
def under_load(server: Workers, path: str = "/fast", at_once: int = 4) -> Generator[Load, None, None]:
    """Send requests of *path* during the block; afterwards the answered ones are noted as such."""
    load = Load(server, path)
    threads = [threading.Thread(target=load.run) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    try:
        load.await_answers(50)
        yield load
    finally:
        load.stopped.set()
        for thread in threads:
            thread.join()
        server.answered.update(answer.worker for answer in load.answers)


@contextlib.contextmanager
def held(server: Workers, gate: Path, count: int) -> Generator[list[int], None, None]:
    """Have *count* requests under way during the block, and give the worker of each; those that live end with it."""
    asked: list[Future[Answer | None]] = []
    with ThreadPoolExecutor(count) as pool:
        try:
            # One after the other, or one worker takes them all at once.
            for number in range(count):
                asked.append(pool.submit(try_to_ask, server, "/hold"))
                _await_files(gate, number + 1)
            yield [int(file.suffix[1:]) for file in _await_files(gate, count)]
        finally:
            gate.touch()
            server.answered.update(answer.worker for future in asked if (answer := future.result()))


def _await_files(gate: Path, count: int) -> list[Path]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := sorted(gate.parent.glob(f"{gate.name}.*"))) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.01)
    return found


def await_file(file: Path) -> Path:
    """Wait until *file* has something in it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (file.exists() and file.stat().st_size):
        assert time.monotonic() < deadline, file
        time.sleep(0.02)
    return file


def recorded_in(evidence: Path) -> int:
    """Count the requests that were recorded, as the app saw it."""
    return len(evidence.read_text(encoding="ascii").splitlines())


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody has asked for does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def await_end(*pids: int) -> None:
    """Wait until none of these processes runs."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := [pid for pid in pids if is_alive(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)
