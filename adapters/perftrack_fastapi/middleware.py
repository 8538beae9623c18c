"""The ASGI middleware, with Starlette's routes as labels and the admin pages left to the router."""

from __future__ import annotations

from typing import Any

from perftrack.labels import Label
from perftrack_asgi import PerformanceMiddleware as ASGIMiddleware
from perftrack_asgi.types import ASGIApp
from perftrack_fastapi.labels import route_template


class PerformanceMiddleware(ASGIMiddleware):
    """Measures the app: `app.add_middleware(PerformanceMiddleware)`. The admin pages are those of `admin_router`."""

    def __init__(
        self, app: ASGIApp, *, label: Label = route_template, serve_admin: bool = False, **options: Any
    ) -> None:
        """Wrap *app*; *options* are those of `perftrack_asgi.PerformanceMiddleware`."""
        super().__init__(app, label=label, serve_admin=serve_admin, **options)
