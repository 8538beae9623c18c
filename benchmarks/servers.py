"""Real servers under load by wrk: requests a second, and the server's CPU time a request.

The servers of one kind run beside each other and take turns under load, so that a machine that slows down slows all.
Here the client needs the machine too: what is added to a request can be told from these figures less well than from the
middlewares', but nothing is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

from benchmarks.results import Figure, Results, Spread

ROUNDS, SECONDS = 3, 3
CONNECTIONS = 8
WORKERS = (1, 4)
PATIENCE = 20.0
"""Seconds that a server may take to start or to stop."""

PATH = "/projects/42"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Kind:
    """A server and the app it serves."""

    name: str
    module: str
    command: tuple[str, ...]
    """Less the address and the number of workers."""
    peer: str


GUNICORN = ("gunicorn", "--log-level", "warning", "--worker-class", "gthread", "--threads", "4")
UVICORN = ("uvicorn", "--log-level", "warning", "--no-access-log", "--factory")
KINDS = (
    Kind("gunicorn, Flask", "flask", (*GUNICORN, "benchmarks.apps.served:flask()"), "prometheus-flask-exporter"),
    Kind(
        "uvicorn, FastAPI", "fastapi", (*UVICORN, "benchmarks.apps.served:fastapi"), "prometheus-fastapi-instrumentator"
    ),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a server did under load."""

    requests: int
    per_second: float
    cpu_seconds: float


def server_results() -> Results:
    """Measure each kind of server with one worker and with several."""
    results = Results()
    wrk = shutil.which("wrk")
    if wrk is None:
        results.notes.append("servers: there is no wrk (Debian and Ubuntu: apt install wrk)")
        return results
    for kind in KINDS:
        missing = [name for name in (kind.command[0], kind.module) if find_spec(name) is None]
        if missing:
            results.notes.append(f"servers: {kind.name} is not measured, {' and '.join(missing)} is not installed")
            continue
        for workers in WORKERS:
            results.figures += _measure(wrk, kind, workers, results)
    return results


def _measure(wrk: str, kind: Kind, workers: int, results: Results) -> list[Figure]:
    variants = ["bare", "perftrack", kind.peer]
    if find_spec(kind.peer.replace("-", "_")) is None:
        results.notes.append(f"servers: {kind.peer} is not compared, it is not installed")
        variants.pop()
    loads: dict[str, list[Loaded]] = {variant: [] for variant in variants}
    with ExitStack() as stack:
        servers = {variant: stack.enter_context(_server(kind, variant, workers)) for variant in variants}
        for _ in range(ROUNDS):
            for variant, (pid, port) in servers.items():
                loads[variant].append(_load(wrk, pid, port))
    return _figures(f"{kind.name}, {workers} worker{'s' if workers > 1 else ''}", loads)


def _figures(name: str, loads: Mapping[str, Sequence[Loaded]]) -> list[Figure]:
    figures: list[Figure] = []
    for variant, found in loads.items():
        figures.append(Figure(f"{name}: {variant}", Spread.of(load.per_second for load in found), "requests/s"))
        cpu = Spread.of([load.cpu_seconds / max(1, load.requests) for load in found], 1e6)
        figures.append(Figure(f"{name}: {variant}, CPU a request", cpu, "us"))
    return figures


def _load(wrk: str, pid: int, port: int) -> Loaded:
    """Load a server; the CPU is that of its process and of all that descend from it."""
    command = [wrk, "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{SECONDS}s"]
    before = tree_cpu_seconds(pid)
    output = subprocess.run([*command, f"http://127.0.0.1:{port}{PATH}"], check=True, capture_output=True, text=True)
    used = tree_cpu_seconds(pid) - before
    requests, per_second = read_wrk(output.stdout)
    return Loaded(requests, per_second, used)


def read_wrk(output: str) -> tuple[int, float]:
    """Read the number of requests and the requests a second in what wrk prints.

    Raises:
        ValueError: There is no such line, or not every answer was a good one.
    """
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    requests = re.search(r"(\d+) requests in", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if failed or requests is None or rate is None:
        raise ValueError(f"wrk says {output.strip()!r}")
    return int(requests[1]), float(rate[1])


def tree_cpu_seconds(pid: int) -> float:
    """Give the CPU time of a process and of all that descend from it, as far as they live."""
    used, children = dict[int, float](), dict[int, list[int]]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(stat.parent.name)
        used[number] = (int(fields[11]) + int(fields[12])) / TICKS
        children.setdefault(int(fields[1]), []).append(number)
    return _sum(pid, used, children)


def _sum(pid: int, used: Mapping[int, float], children: Mapping[int, list[int]]) -> float:
    return used.get(pid, 0.0) + sum(_sum(child, used, children) for child in children.get(pid, ()))


@contextmanager
def _server(kind: Kind, variant: str, workers: int) -> Generator[tuple[int, int], None, None]:
    """Start a server; give its process id and its port."""
    port = _free_port()
    address = ["--bind", f"127.0.0.1:{port}"] if kind.command[0] == "gunicorn" else ["--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "BENCHMARK_VARIANT": variant, "PERFTRACK_DIR": folder}
        environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        if workers > 1:
            environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        command = [sys.executable, "-m", *kind.command, *address, "--workers", str(workers)]
        process = subprocess.Popen(command, env=environ, cwd=folder)
        try:
            _wait_until_ready(process, port)
            yield process.pid, port
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise RuntimeError(f"the server {process.args!r} did not start")
