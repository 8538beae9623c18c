"""A Flask app, bare and with what measures it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, jsonify

from benchmarks.apps.wsgi import Wrapper
from perftrack import PerformanceTracker
from perftrack_flask import PerfTrack

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def bare() -> Flask:
    """Make the app."""
    app = Flask("benchmark")

    @app.get("/projects/<int:project>")
    def project(project: int) -> ResponseReturnValue:
        return jsonify(id=project, name="apple")

    return app


def wrapped() -> Flask:
    """Put the wrapper that does nothing around it."""
    app = bare()
    app.wsgi_app = Wrapper(app.wsgi_app)  # type: ignore[method-assign] # Flask's documented place for middleware
    return app


def measured(tracker: PerformanceTracker) -> Any:
    """Put perftrack around it."""
    app = bare()
    PerfTrack(app, tracker=tracker)
    return app
