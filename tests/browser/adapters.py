"""The five ways into perftrack, each as a server with an app behind it that answers the same requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import Any

from perftrack import AllowAll, PerformanceTracker
from tests.adapters import doors
from tests.servers.raw import uvicorn, wsgiref
from tests.servers.support import serving


@contextlib.contextmanager
def django() -> Generator[int, None, None]:
    """Serve a Django project in a process of its own: its settings are for a whole process."""
    with serving("tests.browser.django_site", "{port}") as server:
        yield server.port


def _over(serve: Callable[[Any], AbstractContextManager[int]], make: Callable[..., Any]) -> Any:
    return lambda: serve(make(AllowAll(), PerformanceTracker()))


ADAPTERS: dict[str, Callable[[], AbstractContextManager[int]]] = {
    "asgi": _over(uvicorn, doors.raw_asgi),
    "wsgi": _over(wsgiref, doors.raw_wsgi),
    "fastapi": _over(uvicorn, doors.fastapi_extension),
    "flask": _over(wsgiref, doors.flask_extension),
    "django": django,
}
