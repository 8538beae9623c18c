"""The endpoints of the scenarios as Django's asynchronous views."""

from __future__ import annotations

import asyncio

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tests.conformance.apps import async_bodies as bodies
from tests.conformance.apps import django_sync_views as sync_views
from tests.conformance.apps.shared import DOWNLOAD_BYTES, LATE, SLOW, BrokenError


@require_http_methods(["GET", "HEAD", "OPTIONS"])
async def item(request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002 - the name of the path parameter in all apps
    """Answer with a small body."""
    return HttpResponse("item")


async def order(request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002 - as above
    """Answer with a small body."""
    return HttpResponse("order")


async def teapot(request: HttpRequest) -> HttpResponse:
    """Answer with a client error."""
    return sync_views.teapot(request)


async def boom(request: HttpRequest) -> HttpResponse:
    """Fail before anything is sent."""
    raise BrokenError


async def broken(request: HttpRequest) -> StreamingHttpResponse:
    """Fail after the first piece."""
    return StreamingHttpResponse(bodies.pieces_then_error())


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Send pieces with pauses between them."""
    return StreamingHttpResponse(bodies.pieces())


async def events(request: HttpRequest) -> StreamingHttpResponse:
    """Send server-sent events."""
    return StreamingHttpResponse(bodies.event_pieces(), content_type="text/event-stream")


async def endless(request: HttpRequest) -> StreamingHttpResponse:
    """Send pieces for as long as somebody takes them."""
    return StreamingHttpResponse(bodies.endless_pieces())


async def late(request: HttpRequest) -> StreamingHttpResponse:
    """Send much after a pause."""
    return StreamingHttpResponse(bodies.late_pieces())


async def background(request: HttpRequest) -> HttpResponse:
    """Answer, then go on working."""
    return sync_views.background(request)


async def slow(request: HttpRequest) -> HttpResponse:
    """Take long."""
    await asyncio.sleep(SLOW)
    return HttpResponse("slow")


async def small(request: HttpRequest) -> HttpResponse:
    """Wait, then answer with a small body; Django cancels this view when the client leaves."""
    await asyncio.sleep(LATE)
    return HttpResponse("small")


@csrf_exempt
async def upload(request: HttpRequest) -> HttpResponse:
    """Read the request's body."""
    return HttpResponse(str(len(request.read())))


async def empty(request: HttpRequest) -> HttpResponse:
    """Answer without a body."""
    return HttpResponse(status=204)


async def cached(request: HttpRequest) -> HttpResponse:
    """Answer with a validator, or that nothing has changed."""
    return sync_views.cached(request)


async def download_file(request: HttpRequest) -> StreamingHttpResponse:
    """Send a file, as asynchronous Django does it without a warning: piece by piece."""
    return StreamingHttpResponse(bodies.file_pieces(), headers={"Content-Length": str(DOWNLOAD_BYTES)})
