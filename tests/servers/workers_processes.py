"""A script that starts servers itself, each in a process of `multiprocessing`: two at once, or one after the other."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import perftrack_wsgi
from perftrack import AllowAll
from tests.servers.workers_answers import answer
from tests.servers.workers_apps import ShownWSGI

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Patient(WSGIServer):
    """Lets as many connections wait as a test makes."""

    request_queue_size = 64


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer, as an app of its own."""
    status, body = answer(environ["PATH_INFO"])
    start_response(f"{status} As it is", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def serve(port: int) -> None:
    """Serve until stopped."""
    measured = ShownWSGI(perftrack_wsgi.PerformanceMiddleware(app, access=AllowAll()))
    with make_server("127.0.0.1", port, measured, Patient, Quiet) as server:
        server.serve_forever()


def main(method: str, ports: list[int]) -> None:
    """Serve on each of *ports* at once; at each line of input, end the first server and start it again."""
    process = (
        multiprocessing.get_context("fork").Process
        if method == "fork"
        else multiprocessing.get_context("spawn").Process
    )
    processes = [process(target=serve, args=(port,), daemon=True) for port in ports]
    for one in processes:
        one.start()
    for _ in sys.stdin:
        processes[0].terminate()
        processes[0].join()
        processes[0] = process(target=serve, args=(ports[0],), daemon=True)
        processes[0].start()


if __name__ == "__main__":
    main(sys.argv[1], [int(port) for port in sys.argv[2:]])
