"""A pytest plugin that wraps every Flask and Werkzeug app of a test run: `pytest -p wrap_wsgi`.

Outside: whatever WSGI app a test client or a development server is given. Inside: `PerfTrack(app)` in every Flask
app that is made, and the middleware around each response that is called as an app.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import werkzeug.serving
import werkzeug.test
from watched import WatchedTracker, wraps_outside
from werkzeug.wrappers import Response

from perftrack_wsgi import PerformanceMiddleware

tracker = WatchedTracker()


def measured(app: Any) -> PerformanceMiddleware:
    """Wrap one app. Its admin pages are left off: their paths belong to the app under test."""
    return PerformanceMiddleware(app, tracker=tracker, serve_admin=False)


def pytest_configure() -> None:
    """Wrap before the first test module is imported."""
    if wraps_outside():
        _wrap_client()
        _wrap_server()
        return
    _wrap_responses()
    if importlib.util.find_spec("flask"):
        _wrap_flask()


def pytest_unconfigure() -> None:
    """Report at the end."""
    tracker.write_report()


def _wrap_client() -> None:
    original: Callable[..., Any] = werkzeug.test.run_wsgi_app

    @functools.wraps(original)
    def run_wsgi_app(app: Any, *arguments: Any, **keywords: Any) -> Any:
        return original(measured(app), *arguments, **keywords)

    werkzeug.test.run_wsgi_app = run_wsgi_app


def _wrap_server() -> None:
    original: Callable[..., None] = werkzeug.serving.BaseWSGIServer.__init__

    @functools.wraps(original)
    def init(self: Any, host: Any, port: Any, app: Any, *arguments: Any, **keywords: Any) -> None:
        original(self, host, port, measured(app), *arguments, **keywords)

    werkzeug.serving.BaseWSGIServer.__init__ = init  # type: ignore[method-assign] # wrapped on purpose


def _wrap_responses() -> None:
    original: Callable[..., Any] = Response.__call__

    @functools.wraps(original)
    def call(self: Any, environ: Any, start_response: Any) -> Any:
        return measured(functools.partial(original, self))(environ, start_response)

    Response.__call__ = call  # type: ignore[method-assign] # wrapped on purpose


def _wrap_flask() -> None:
    flask: Any = importlib.import_module("flask")
    extension: Any = importlib.import_module("perftrack_flask").PerfTrack
    original: Callable[..., None] = flask.Flask.__init__

    @functools.wraps(original)
    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        original(self, *arguments, **keywords)
        extension(self, tracker=tracker)

    flask.Flask.__init__ = init
