"""A FastAPI app, bare and with what measures it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from benchmarks.apps.asgi import Wrapper
from perftrack import PerformanceTracker
from perftrack_fastapi import PerfTrack


def bare() -> FastAPI:
    """Make the app."""
    app = FastAPI()

    @app.get("/projects/{project}")
    async def read(project: int) -> dict[str, Any]:
        return {"id": project, "name": "apple"}

    return app


def wrapped() -> Wrapper:
    """Put the wrapper that does nothing around it."""
    return Wrapper(bare())


def measured(tracker: PerformanceTracker) -> FastAPI:
    """Put perftrack around it."""
    app = bare()
    PerfTrack(app, tracker=tracker)
    return app
