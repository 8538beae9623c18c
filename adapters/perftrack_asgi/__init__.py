"""perftrack for any ASGI 3 app: `app = PerformanceMiddleware(app)`."""

from __future__ import annotations

from perftrack_asgi.middleware import PerformanceMiddleware

__all__ = ["PerformanceMiddleware"]
