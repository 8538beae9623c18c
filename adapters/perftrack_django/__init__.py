"""perftrack for Django: a line in MIDDLEWARE, a line in the URLs.

`MIDDLEWARE = ["perftrack_django.PerformanceMiddleware", …]` and
`path("admin/performance/", include("perftrack_django.urls"))`; settings in `PERFTRACK = {…}`.
"""

from __future__ import annotations

from perftrack_django.middleware import PerformanceMiddleware

__all__ = ["PerformanceMiddleware"]
