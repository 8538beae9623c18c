"""Apps of every kind on both protocols, each with all that its server, its client and it itself could see."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.util import FileWrapper

from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send
from tests.adapters.asgi_support import DISCONNECT, REQUEST, body, event_stream, http_scope, start
from tests.adapters.wsgi_support import EVENTS, TEXT, Body, Server, close

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Seen = list[object]
QUEUED = ((b"host", b"x"), (b"x-request-start", b"t=1768473000"))
STEP: Message = {"type": "step"}

# What an app sends; `STEP` is where it receives, an exception is raised.
ASGI_SCRIPTS: dict[str, tuple[str, list[Message | Exception]]] = {
    "plain": ("/", [STEP, start(), body(b"hello")]),
    "not found": ("/nowhere", [start(404), body(b"no")]),
    "streamed": ("/stream", [start(), body(b"a", True), body(b"", True), body(b"b", True), body()]),
    "file": ("/file", [start(), {"type": "http.response.pathsend", "path": "/f"}]),
    "empty": ("/empty", [start(204), body()]),
    "silent": ("/silent", []),
    "unfinished": ("/unfinished", [start(), body(b"half", True)]),
    "raises": ("/raises", [STEP, LookupError("early")]),
    "raises in the middle": ("/raises", [start(), body(b"half", True), LookupError("late")]),
    "raises at the end": ("/raises", [start(), body(b"all"), LookupError("very late")]),
    "events": ("/events", [event_stream(), body(b"data: 1\n\n", True), body()]),
    "client leaves": ("/left", [STEP, start(), STEP, body(b"half", True), LookupError("gone")]),
    "send fails": ("/broken", [start(), body(b"broken pipe", True), body(b"x")]),
    "below a mount": ("/api/mounted", [start(), body(b"mounted")]),
    "named like the admin pages": ("/admin/performances", [start(), body(b"of the theatre")]),
    "headers in a tuple": ("/tuple", [{**start(), "headers": ((b"content-type", b"text/event-stream"),)}, body()]),
    "skipped": ("/health", [start(), body(b"fine")]),
}
SOCKET_SCRIPTS: dict[str, list[Message | Exception]] = {
    "chat": [STEP, {"type": "websocket.accept"}, STEP, {"type": "websocket.send", "text": "hi"}, STEP],
    "closes": [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 4000}],
    "rejects": [STEP, {"type": "websocket.close", "code": 1008}],
    "denies": [{"type": "websocket.http.response.start", "status": 401, "headers": []}],
    "raises": [{"type": "websocket.accept"}, LookupError("in the socket")],
}
SOCKET_INPUTS: list[Message] = [
    {"type": "websocket.connect"},
    {"type": "websocket.receive", "text": "hello"},
    {"type": "websocket.disconnect", "code": 1001},
]


def scripted(script: list[Message | Exception], seen: Seen) -> ASGIApp:
    """Make the app of a script; it notes in *seen* what it received and what was raised into it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for step in script:
            if isinstance(step, Exception):
                raise step
            try:
                if step is STEP:
                    seen.append(("app received", await receive()))
                else:
                    await send(step)
            except Exception as error:
                seen.append(("app caught", type(error), str(error)))
                raise

    return app


def serve_asgi(app: ASGIApp, scope: Scope, inputs: list[Message], seen: Seen) -> None:
    """Be the server of one connection; note in *seen* what was sent and raised."""
    waiting = list(inputs)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        seen.append(("sent", dict(message)))
        if message.get("body") == b"broken pipe":
            raise BrokenPipeError("broken pipe")

    async def run() -> None:
        await app(scope, receive, send)

    try:
        asyncio.run(run())
    except Exception as error:
        seen.append(("server caught", type(error), str(error)))


def asgi_run(name: str, wrap: Callable[[ASGIApp], ASGIApp]) -> Seen:
    """Run a script of HTTP twice with the middleware that *wrap* puts around, and give all that was seen."""
    seen: Seen = []
    path, script = ASGI_SCRIPTS[name]
    app = wrap(scripted(script, seen))
    for _ in range(2):
        serve_asgi(app, http_scope("POST", path, QUEUED, root_path="/api"), [REQUEST, DISCONNECT], seen)
    return seen


def socket_run(name: str, wrap: Callable[[ASGIApp], ASGIApp]) -> Seen:
    """Run a script of WebSockets twice."""
    seen: Seen = []
    app = wrap(scripted(SOCKET_SCRIPTS[name], seen))
    for _ in range(2):
        serve_asgi(app, {"type": "websocket", "path": "/ws", "headers": []}, SOCKET_INPUTS, seen)
    return seen


class Stop(BaseException):
    """What stops a worker."""


EARLY: dict[str, BaseException] = {"/raises": LookupError("early"), "/stopped": Stop("the worker")}
NO_TRACEBACK: Any = None


class AnyWSGI:
    """An app that does what the path says, and notes what it saw."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""
        try:
            return self._answer(environ["PATH_INFO"], environ, start_response)
        except BaseException as error:
            self.seen.append(("app raised", type(error), str(error)))
            raise

    def _answer(self, path: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status = "404 No" if path == "/nowhere" else "200 OK"
        headers = [EVENTS if path == "/events" else TEXT]
        if path == "/generator":
            return self._generated(start_response)
        write = start_response(status, headers)
        if path in ("/write", "/broken"):
            write(path.encode())
        if path == "/replaced":
            start_response("500 Oh", headers, (LookupError, EARLY["/raises"], NO_TRACEBACK))
        if path in EARLY:
            raise EARLY[path]
        if path == "/file":
            return FileWrapper(io.BytesIO(b"file"))
        if path == "/list":
            return [b"a", b"b"]
        pieces = (b"a", LookupError("late")) if path == "/breaks" else (b"a", b"", b"b")
        return Body(*pieces, on_close=lambda: self.seen.append("closed"))

    def _generated(self, start_response: StartResponse) -> Iterator[bytes]:
        start_response("201 Created", [TEXT])
        yield b"a"
        yield b"b"
        self.seen.append("generated")


WSGI_PATHS = "/list /generator /write /broken /replaced /file /raises /stopped /breaks /events /left /nowhere".split()
UNUSUAL_PATHS = ["/caf\xc3\xa9", "/admin/performances"]


class BrokenServer(Server):
    """A server whose `write` fails for the path /broken."""

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        """Note status and headers."""
        super().start_response(status, headers, exc_info)
        return self._write

    def _write(self, data: bytes) -> None:
        self.written.append(data)
        if data == b"/broken":
            raise BrokenPipeError("broken pipe")


def wsgi_run(path: str, wrap: Callable[[WSGIApplication], WSGIApplication]) -> Seen:
    """Ask for *path* twice with the middleware that *wrap* puts around, and give all that was seen."""
    seen: Seen = []
    app = wrap(AnyWSGI(seen))
    for _ in range(2):
        server = BrokenServer()
        try:
            _iterate(server.ask(app, "POST", path, **_environ()), path, seen)
        except BaseException as error:
            seen.append(("server caught", type(error), str(error)))
        seen.extend((server.statuses, server.headers, server.written))
    return seen


def _environ() -> dict[str, Any]:
    return {"wsgi.file_wrapper": FileWrapper, "HTTP_X_REQUEST_START": "t=1768473000"}


def _iterate(answer: Iterable[bytes], path: str, seen: Seen) -> None:
    try:
        for piece in answer:
            seen.append(piece)
            if path == "/left":
                break
    finally:
        close(answer)
