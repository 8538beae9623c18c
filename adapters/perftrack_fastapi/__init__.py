"""perftrack for FastAPI and Starlette: `PerfTrack(app)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perftrack_fastapi.extension import PerfTrack
from perftrack_fastapi.middleware import PerformanceMiddleware

if TYPE_CHECKING:
    from perftrack_fastapi.router import admin_router

__all__ = ["PerfTrack", "PerformanceMiddleware", "admin_router"]


def __getattr__(name: str) -> Any:
    """Import the router when it is asked for: it needs FastAPI, which apps of Starlette alone do without."""
    if name != "admin_router":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from perftrack_fastapi.router import admin_router  # noqa: PLC0415 - see above

    return admin_router
