"""FastAPI and Starlette: outcomes and times of what their requests can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.responses import FileResponse, StreamingResponse
from starlette.applications import Starlette

from perftrack import PerformanceTracker
from perftrack_fastapi import PerfTrack
from tests.adapters.asgi_support import DISCONNECT, REQUEST, asked, http_scope
from tests.adapters.native_support import answered, outcomes, rows
from tests.support import FakeClock


class Shop:
    """An app of hard cases, whose clock only the app itself moves."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.tracker = PerformanceTracker(clock=self.clock)
        self.app = FastAPI()
        PerfTrack(self.app, tracker=self.tracker)
        self.app.get("/stream")(self.stream)
        self.app.get("/broken")(self.broken)
        self.app.get("/error")(self.error)
        self.app.get("/refused")(self.refused)
        self.app.get("/later")(self.later)
        self.app.get("/file")(self.file)
        self.app.get("/forever")(self.forever)

    async def stream(self) -> StreamingResponse:
        """Take a second for each of three pieces."""
        return StreamingResponse(self._pieces(3), media_type="text/plain")

    async def _pieces(self, count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            self.clock.tick(1)
            yield b"piece"

    async def broken(self) -> StreamingResponse:
        """Fail after the first piece."""
        return StreamingResponse(self._broken_pieces())

    async def _broken_pieces(self) -> AsyncIterator[bytes]:
        yield b"piece"
        raise RuntimeError("in the middle")

    async def error(self) -> None:
        """Fail."""
        raise RuntimeError("on purpose")

    async def refused(self) -> None:
        """Refuse."""
        raise HTTPException(409)

    async def later(self, tasks: BackgroundTasks) -> str:
        """Go on working after the answer."""
        tasks.add_task(self._work)
        self.clock.tick(1)
        return "now"

    async def _work(self) -> None:
        self.clock.tick(10)

    async def file(self) -> FileResponse:
        """Send a file."""
        return FileResponse(Path(__file__))

    async def forever(self) -> None:
        """Never answer."""
        await asyncio.Event().wait()


@pytest.fixture
def shop() -> Shop:
    """A new app."""
    return Shop()


def test_streamed_body(shop: Shop) -> None:
    """A streamed response is timed to its last byte, and its first byte on the way."""
    assert answered(shop.app, "GET /stream").content == b"piece" * 3
    stats = shop.tracker.stats()
    assert stats["duration"]["max"] == 3
    assert stats["first_byte"]["max"] == 1


def test_background_task(shop: Shop) -> None:
    """A background task is no part of the duration."""
    answered(shop.app, "GET /later")
    stats = shop.tracker.stats()
    assert (stats["duration"]["max"], stats["background"]["max"]) == (1, 10)


@pytest.mark.parametrize(
    ("path", "status", "outcome"),
    [
        ("/error", "500", "server_error"),
        ("/broken", "200", "server_error"),
        ("/refused", "409", "client_error"),
        ("/file", "200", "ok"),
    ],
)
def test_outcomes(shop: Shop, path: str, status: str, outcome: str) -> None:
    """Errors keep their route, and the status that was sent."""
    answered(shop.app, f"GET {path}")
    assert rows(shop.tracker) == {f"GET {path}": {status: 1}}
    assert outcomes(shop.tracker, f"GET {path}") == {outcome: 1}


def test_error_handler_of_the_app() -> None:
    """What the app's own handler answers is what counts."""
    app, tracker = Starlette(), PerformanceTracker()
    PerfTrack(app, tracker=tracker)

    async def gone(request: Any, error: Exception) -> Any:
        from starlette.responses import PlainTextResponse

        return PlainTextResponse("gone", 410)

    async def missing(request: Any) -> Any:
        raise KeyError("missing")

    app.add_exception_handler(KeyError, gone)
    app.router.add_route("/x/{a}", missing)
    assert answered(app, "GET /x/1").status_code == 410
    assert rows(tracker) == {"GET /x/{a}": {"410": 1}}


def test_errors_pass_through(shop: Shop) -> None:
    """The server gets the very exception that the app raised."""
    with pytest.raises(RuntimeError, match="on purpose"):
        raise asyncio.run(asked(shop.app, http_scope(path="/error"), REQUEST)).error or AssertionError
    assert rows(shop.tracker) == {"GET /error": {"500": 1}}


def test_cancelled(shop: Shop) -> None:
    """A request that the server cancels is counted as an error, with its route, and leaves nothing in flight."""

    async def main() -> None:
        async def receive() -> Any:
            return REQUEST

        async def send(message: Any) -> None:
            raise AssertionError

        task = asyncio.create_task(shop.app(http_scope(path="/forever"), receive, send))
        for _ in range(20):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert rows(shop.tracker) == {"GET /forever": {"none": 1}}
    assert outcomes(shop.tracker, "GET /forever") == {"server_error": 1}


def test_client_left(shop: Shop) -> None:
    """A client that leaves in the middle of a stream is no error and has no duration."""

    async def main() -> None:
        messages = [REQUEST, DISCONNECT]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)
            if message["type"] == "http.response.body":
                raise OSError("gone")

        with pytest.raises(Exception):  # noqa: B017, PT011 - which one is Starlette's affair
            await shop.app(http_scope(path="/stream"), receive, send)

    asyncio.run(main())
    assert outcomes(shop.tracker, "GET /stream") == {"client_left": 1}
    assert shop.tracker.stats()["duration"]["count"] == 0
