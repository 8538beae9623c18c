"""Puts perftrack into the apps, each in the idiom of its framework."""

from __future__ import annotations

from typing import Any

from perftrack import PerformanceTracker


def watch_raw_asgi(app: Any, tracker: PerformanceTracker | None = None) -> Any:
    """Wrap a raw ASGI app."""
    from perftrack_asgi import PerformanceMiddleware

    return PerformanceMiddleware(app, tracker)


def watch_starlette(app: Any, tracker: PerformanceTracker | None = None) -> Any:
    """Set up a Starlette or FastAPI app."""
    from perftrack_fastapi import PerfTrack

    PerfTrack(app, tracker=tracker)
    return app


watch_fastapi = watch_starlette


def watch_raw_wsgi(app: Any, tracker: PerformanceTracker | None = None) -> Any:
    """Wrap a raw WSGI app."""
    from perftrack_wsgi import PerformanceMiddleware

    return PerformanceMiddleware(app, tracker)


def watch_flask(app: Any, tracker: PerformanceTracker | None = None) -> Any:
    """Set up a Flask app."""
    from perftrack_flask import PerfTrack

    PerfTrack(app, tracker=tracker)
    return app


def watch_django(build: Any) -> Any:
    """Make the project's handler with the middleware and the URLs."""
    from django.urls import include, path

    from tests.conformance.apps.django_project import configure

    configure(["perftrack_django.PerformanceMiddleware"], ["perftrack_django"])
    return build(path("admin/performance/", include("perftrack_django.urls")))
