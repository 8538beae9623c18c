"""The app of the workers on FastAPI."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from perftrack import AllowAll
from perftrack_asgi.types import Receive, Scope, Send
from perftrack_fastapi import PerfTrack
from tests.servers.workers_answers import SLOW_SECONDS, answer, note
from tests.servers.workers_apps import shown_send


class ShownFastAPI(FastAPI):
    """Says in each answer what process gave it: as a class, because `fastapi run` takes nothing but a FastAPI."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await super().__call__(scope, receive, shown_send(send))
        note(scope["path"])


app = ShownFastAPI()
PerfTrack(app, access=AllowAll(), slow_query_threshold=SLOW_SECONDS)


@app.get("/fast")
@app.get("/fails")
@app.get("/hold")
@app.get("/nap")
@app.get("/ping")
@app.get("/slow")
async def respond(request: Request) -> Response:
    """Answer as the other apps do; blocks on purpose."""
    status, body = answer(request.url.path)
    return Response(body, status)
