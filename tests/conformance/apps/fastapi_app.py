"""The endpoints of the scenarios in FastAPI."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, FastAPI, Header, Request, Response, WebSocket
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse

from tests.conformance.apps.async_bodies import endless_pieces, event_pieces, late_pieces, pieces, pieces_then_error
from tests.conformance.apps.shared import AFTERWARDS, ETAG, LATE, SLOW, BrokenError, download

routes = APIRouter()


@routes.api_route("/items/{id}", methods=["GET", "HEAD", "OPTIONS"])
async def item(id: str) -> str:  # noqa: A002 - the name of the path parameter in all apps
    """Answer with a small body."""
    return id


@routes.get("/teapot", status_code=418)
async def teapot() -> str:
    """Answer with a client error."""
    return "teapot"


@routes.get("/boom")
async def boom() -> None:
    """Fail before anything is sent."""
    raise BrokenError


@routes.get("/break")
async def broken() -> StreamingResponse:
    """Fail after the first piece."""
    return StreamingResponse(pieces_then_error())


@routes.get("/stream")
async def stream() -> StreamingResponse:
    """Send pieces with pauses between them."""
    return StreamingResponse(pieces())


@routes.get("/events")
async def events() -> StreamingResponse:
    """Send server-sent events."""
    return StreamingResponse(event_pieces(), media_type="text/event-stream")


@routes.get("/endless")
async def endless() -> StreamingResponse:
    """Send pieces for as long as somebody takes them."""
    return StreamingResponse(endless_pieces())


@routes.get("/late")
async def late() -> StreamingResponse:
    """Send much after a pause."""
    return StreamingResponse(late_pieces())


@routes.get("/background")
async def background(tasks: BackgroundTasks) -> str:
    """Answer, then go on working."""
    tasks.add_task(asyncio.sleep, AFTERWARDS)
    return "done"


@routes.get("/slow")
async def slow() -> str:
    """Take long."""
    await asyncio.sleep(SLOW)
    return "slow"


@routes.get("/small")
async def small(request: Request) -> str:
    """Wait, and stop when the client leaves; what goes out then goes to nobody."""
    for _ in range(10):
        await asyncio.sleep(LATE / 10)
        if await request.is_disconnected():
            break
    return "small"


@routes.post("/upload")
async def upload(request: Request) -> int:
    """Read the request's body."""
    return len(await request.body())


@routes.get("/empty", status_code=204)
@routes.get("/health", status_code=204)
@routes.get("/ping", status_code=204)
async def empty() -> None:
    """Answer without a body."""


@routes.get("/cached")
async def cached(if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """Answer with a validator, or that nothing has changed."""
    if if_none_match == ETAG:
        return Response(status_code=304, headers={"etag": ETAG})
    return PlainTextResponse("cached", headers={"etag": ETAG})


@routes.get("/download")
async def download_file() -> FileResponse:
    """Send a file."""
    return FileResponse(download())


@routes.websocket("/ws/echo/{id}")
async def websocket(socket: WebSocket, id: str) -> None:  # noqa: A002 - as above
    """Send back what comes, and close or fail when asked."""
    await socket.accept()
    async for text in socket.iter_text():
        if text == "close":
            await socket.close(4001)
            return
        if text == "boom":
            raise BrokenError
        await socket.send_text(text)


@routes.websocket("/ws/closed")
async def closed_websocket(socket: WebSocket) -> None:
    """Reject."""
    await socket.close(4003)


def second() -> FastAPI:
    """Give another app, with one endpoint."""
    app = FastAPI()
    app.get("/items/{id}")(item)
    return app


def build() -> FastAPI:
    """Give the app."""
    app = FastAPI()
    app.include_router(routes)
    orders = APIRouter(prefix="/orders")
    orders.get("/{id}")(item)
    shop = APIRouter(prefix="/shop")
    shop.include_router(orders)
    app.include_router(shop, prefix="/v1")
    mounted = FastAPI()
    mounted.get("/hello/{id}")(item)
    app.mount("/mounted", mounted)
    return app
