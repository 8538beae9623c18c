"""The endpoints of the scenarios as Django's synchronous views."""

from __future__ import annotations

import time

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tests.conformance.apps import sync_bodies as bodies
from tests.conformance.apps.shared import AFTERWARDS, ETAG, LATE, SLOW, BrokenError, download


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def item(request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002 - the name of the path parameter in all apps
    """Answer with a small body."""
    return HttpResponse("item")


def order(request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002 - as above
    """Answer with a small body."""
    return HttpResponse("order")


def teapot(request: HttpRequest) -> HttpResponse:
    """Answer with a client error."""
    return HttpResponse("teapot", status=418)


def boom(request: HttpRequest) -> HttpResponse:
    """Fail before anything is sent."""
    raise BrokenError


def broken(request: HttpRequest) -> StreamingHttpResponse:
    """Fail after the first piece."""
    return StreamingHttpResponse(bodies.pieces_then_error())


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Send pieces with pauses between them."""
    return StreamingHttpResponse(bodies.pieces())


def events(request: HttpRequest) -> StreamingHttpResponse:
    """Send server-sent events."""
    return StreamingHttpResponse(bodies.event_pieces(), content_type="text/event-stream")


def endless(request: HttpRequest) -> StreamingHttpResponse:
    """Send pieces for as long as somebody takes them."""
    return StreamingHttpResponse(bodies.endless_pieces())


def late(request: HttpRequest) -> StreamingHttpResponse:
    """Send much after a pause."""
    return StreamingHttpResponse(bodies.late_pieces())


class WorksWhenClosed(HttpResponse):
    """A response that goes on working after it was sent."""

    def close(self) -> None:
        """Close, then work."""
        super().close()
        time.sleep(AFTERWARDS)


def background(request: HttpRequest) -> HttpResponse:
    """Answer, then go on working."""
    return WorksWhenClosed("done")


def slow(request: HttpRequest) -> HttpResponse:
    """Take long."""
    time.sleep(SLOW)
    return HttpResponse("slow")


def small(request: HttpRequest) -> HttpResponse:
    """Wait, then answer with a small body."""
    time.sleep(LATE)
    return HttpResponse("small")


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    """Read the request's body."""
    return HttpResponse(str(len(request.read())))


def empty(request: HttpRequest) -> HttpResponse:
    """Answer without a body."""
    return HttpResponse(status=204)


def cached(request: HttpRequest) -> HttpResponse:
    """Answer with a validator, or that nothing has changed."""
    if request.headers.get("If-None-Match") == ETAG:
        return HttpResponseNotModified(headers={"ETag": ETAG})
    return HttpResponse("cached", headers={"ETag": ETAG})


def download_file(request: HttpRequest) -> FileResponse:
    """Send a file."""
    return FileResponse(download().open("rb"))
