"""A Django project of hard cases, whose clock only the project itself moves."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import include, path, re_path

from perftrack import AllowAll, PerformanceTracker
from tests.support import FakeClock

FIRST = "perftrack_django.PerformanceMiddleware"
clock = FakeClock()
threads: list[int] = []


def hello(request: HttpRequest, *values: object, **named: object) -> HttpResponse:
    """Answer, and note the thread."""
    threads.append(threading.get_ident())
    return HttpResponse("hello")


async def async_hello(request: HttpRequest, **named: object) -> HttpResponse:
    """Answer from a coroutine, and note the thread."""
    threads.append(threading.get_ident())
    return HttpResponse("hello")


def error(request: HttpRequest) -> HttpResponse:
    """Fail."""
    raise RuntimeError("on purpose")


def missing(request: HttpRequest, n: int) -> HttpResponse:
    """Find nothing behind a route that was found."""
    raise Http404


def stream(request: HttpRequest) -> HttpResponseBase:
    """Take a second for each of three pieces."""
    return StreamingHttpResponse(pieces())


def pieces() -> Iterator[bytes]:
    """Give three pieces."""
    for _ in range(3):
        clock.tick(1)
        yield b"piece"


async def async_stream(request: HttpRequest) -> HttpResponseBase:
    """Take a second for each of three pieces, from a coroutine."""
    return StreamingHttpResponse(async_pieces())


async def async_pieces() -> AsyncIterator[bytes]:
    """Give three pieces."""
    for piece in pieces():
        yield piece


def broken(request: HttpRequest) -> HttpResponseBase:
    """Fail after the first piece."""
    return StreamingHttpResponse(broken_pieces())


def broken_pieces() -> Iterator[bytes]:
    """Give one piece and fail."""
    yield b"piece"
    raise RuntimeError("in the middle")


def file(request: HttpRequest) -> HttpResponseBase:
    """Send a file."""
    return FileResponse(Path(__file__).open("rb"))


async def forever(request: HttpRequest) -> HttpResponse:
    """Note that it has begun, and never answer."""
    threads.append(threading.get_ident())
    await asyncio.Event().wait()
    return HttpResponse()


class Refusing:
    """A middleware that answers one path before any route is looked for."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or pass on."""
        refused = request.path_info == "/refused"
        return HttpResponse(status=418) if refused else self.get_response(request)


inner = ([path("deep/<slug:name>/", hello), re_path(r"^year/(?P<year>[0-9]{4})/$", hello)], "inner")
views = [
    path("", hello),
    path("items/<int:pk>/", hello, name="item"),
    path("async/<int:pk>/", async_hello),
    path("files/<path:name>", hello),
    path("error", error),
    path("missing/<int:n>/", missing),
    path("stream", stream),
    path("async-stream", async_stream),
    path("broken", broken),
    path("file", file),
    path("forever", forever),
    re_path(r"^old/(?P<year>[0-9]{4})/(?P<slug>[\w-]+)/$", hello),
    re_path(r"^unnamed/([0-9]+)/(?:page-(?P<page>\d+)/)?$", hello),
    path("api/<int:version>/", include(inner, namespace="first")),
    path("again/", include(inner, namespace="second")),
]
admin_pages = path("admin/performance/", include("perftrack_django.urls"))
urlpatterns = (*views, admin_pages)


def configure(**changes: Any) -> PerformanceTracker:
    """Set Django up, once in this process, and give its tracker."""
    import django
    from django.conf import settings

    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume")  # Django does so with its own files
    tracker = PerformanceTracker(clock=clock)
    defaults: dict[str, Any] = {
        "ALLOWED_HOSTS": ["*"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": ["perftrack_django"],
        "LOGGING_CONFIG": None,
        "MIDDLEWARE": [FIRST],
        "PERFTRACK": {"tracker": tracker, "access": AllowAll()},
        "ROOT_URLCONF": urlpatterns,
        "SECRET_KEY": "of the tests",
        "USE_TZ": True,
    }
    settings.configure(**{**defaults, **changes})
    django.setup()
    return tracker
