"""The WSGI middleware against a wrapper that does nothing, driven by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from io import BytesIO
from time import process_time
from typing import TYPE_CHECKING, Any

from benchmarks.apps.telemetry import meter_provider
from perftrack import PerformanceTracker
from perftrack_wsgi import PerformanceMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BODY = b'{"id": 42, "name": "apple"}'


def _app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with one piece of body."""
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "27")])
    return [BODY]


def bare() -> WSGIApplication:
    """Give the app."""
    return _app


class Wrapper:
    """Stands where the middleware stands, passes every piece on, and looks at none."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        return Body(self.app(environ, start_response))


class Body:
    """The app's body, passed on."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces."""
        yield from self.body

    def close(self) -> None:
        """Close the app's body."""
        close = getattr(self.body, "close", None)
        if close is not None:
            close()


def _start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:
    """Take status and headers."""
    return _write


def _write(data: bytes) -> object:
    """Take a piece of body."""
    return None


class Served:
    """Times an app, as a server calls it."""

    def __init__(self, app: WSGIApplication, calls: int) -> None:
        self.app = app
        self.calls = calls
        self.environ: WSGIEnvironment = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/projects/42",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_ACCEPT": "*/*",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def __call__(self) -> float:
        """Run one round."""
        started = process_time()
        self.run()
        return (process_time() - started) / self.calls

    def run(self) -> None:
        """Serve the requests of a round."""
        app, environ = self.app, self.environ
        for _ in range(self.calls):
            body = app(dict(environ), _start_response)
            try:
                for piece in body:
                    _write(piece)
            finally:
                close = getattr(body, "close", None)
                if close is not None:
                    close()


def measured(tracker: PerformanceTracker) -> WSGIApplication:
    """Give the app with perftrack around it."""
    return PerformanceMiddleware(_app, tracker=tracker)


def wrapped() -> WSGIApplication:
    """Put the wrapper that does nothing around it."""
    return Wrapper(_app)


def _telemetry() -> Any:
    return import_module("opentelemetry.instrumentation.wsgi").OpenTelemetryMiddleware(
        _app, meter_provider=meter_provider()
    )


PEERS: dict[str, Callable[[], Any]] = {"OpenTelemetry": _telemetry}
"""Name -> what makes the app with it; an ImportError says that it is not installed."""
