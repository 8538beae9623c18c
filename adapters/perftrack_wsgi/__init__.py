"""perftrack for any WSGI app: `app = PerformanceMiddleware(app)`."""

from __future__ import annotations

from perftrack_wsgi.middleware import PerformanceMiddleware

__all__ = ["PerformanceMiddleware"]
