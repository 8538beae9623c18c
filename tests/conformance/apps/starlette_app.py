"""The endpoints of the scenarios in Starlette."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.conformance.apps.async_bodies import endless_pieces, event_pieces, late_pieces, pieces, pieces_then_error
from tests.conformance.apps.shared import AFTERWARDS, ETAG, LATE, SLOW, BrokenError, download


async def item(request: Request) -> Response:
    """Answer with a small body."""
    return PlainTextResponse("item")


async def teapot(request: Request) -> Response:
    """Answer with a client error."""
    return PlainTextResponse("teapot", 418)


async def boom(request: Request) -> Response:
    """Fail before anything is sent."""
    raise BrokenError


async def broken(request: Request) -> Response:
    """Fail after the first piece."""
    return StreamingResponse(pieces_then_error())


async def stream(request: Request) -> Response:
    """Send pieces with pauses between them."""
    return StreamingResponse(pieces())


async def events(request: Request) -> Response:
    """Send server-sent events."""
    return StreamingResponse(event_pieces(), media_type="text/event-stream")


async def endless(request: Request) -> Response:
    """Send pieces for as long as somebody takes them."""
    return StreamingResponse(endless_pieces())


async def late(request: Request) -> Response:
    """Send much after a pause."""
    return StreamingResponse(late_pieces())


async def background(request: Request) -> Response:
    """Answer, then go on working."""
    return PlainTextResponse("done", background=BackgroundTask(asyncio.sleep, AFTERWARDS))


async def slow(request: Request) -> Response:
    """Take long."""
    await asyncio.sleep(SLOW)
    return PlainTextResponse("slow")


async def small(request: Request) -> Response:
    """Wait, and stop when the client leaves; what goes out then goes to nobody."""
    for _ in range(10):
        await asyncio.sleep(LATE / 10)
        if await request.is_disconnected():
            break
    return PlainTextResponse("small")


async def upload(request: Request) -> Response:
    """Read the request's body."""
    return PlainTextResponse(str(len(await request.body())))


async def empty(request: Request) -> Response:
    """Answer without a body."""
    return Response(status_code=204)


async def cached(request: Request) -> Response:
    """Answer with a validator, or that nothing has changed."""
    if request.headers.get("if-none-match") == ETAG:
        return Response(status_code=304, headers={"etag": ETAG})
    return PlainTextResponse("cached", headers={"etag": ETAG})


async def download_file(request: Request) -> Response:
    """Send a file."""
    return FileResponse(download())


async def websocket(socket: WebSocket) -> None:
    """Send back what comes, and close or fail when asked."""
    await socket.accept()
    async for text in socket.iter_text():
        if text == "close":
            await socket.close(4001)
            return
        if text == "boom":
            raise BrokenError
        await socket.send_text(text)


async def closed_websocket(socket: WebSocket) -> None:
    """Reject."""
    await socket.close(4003)


def second() -> Starlette:
    """Give another app, with one endpoint."""
    return Starlette(routes=[Route("/items/{id}", item)])


def build() -> Starlette:
    """Give the app."""
    orders = Mount("/shop", routes=[Route("/orders/{id}", item)])
    return Starlette(
        routes=[
            Route("/items/{id}", item, methods=["GET", "HEAD", "OPTIONS"]),
            Mount("/v1", routes=[orders]),
            Mount("/mounted", Starlette(routes=[Route("/hello/{id}", item)])),
            Route("/teapot", teapot),
            Route("/boom", boom),
            Route("/break", broken),
            Route("/stream", stream),
            Route("/events", events),
            Route("/endless", endless),
            Route("/late", late),
            Route("/background", background),
            Route("/slow", slow),
            Route("/small", small),
            Route("/upload", upload, methods=["POST"]),
            Route("/empty", empty),
            Route("/cached", cached),
            Route("/download", download_file),
            Route("/health", empty),
            Route("/ping", empty),
            WebSocketRoute("/ws/echo/{id}", websocket),
            WebSocketRoute("/ws/closed", closed_websocket),
        ]
    )
