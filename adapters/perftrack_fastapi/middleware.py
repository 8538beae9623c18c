"""The ASGI middleware, with Starlette's routes as labels and the admin pages left to the router."""

from __future__ import annotations

from typing import Any

from perftrack_asgi import PerformanceMiddleware as ASGIMiddleware
from perftrack_asgi.types import ASGIApp
from perftrack_fastapi.labels import route_template


class PerformanceMiddleware(ASGIMiddleware):
    """Measures the app: `app.add_middleware(PerformanceMiddleware)`. The admin pages are those of `admin_router`."""

    # The most general signature: mypy accepts no narrower one with free keywords as an argument of add_middleware.
    def __init__(self, app: ASGIApp, *arguments: Any, **options: Any) -> None:
        """Wrap *app*; *arguments* and *options* are those of `perftrack_asgi.PerformanceMiddleware`."""
        super().__init__(app, *arguments, **{"label": route_template, "serve_admin": False, **options})
