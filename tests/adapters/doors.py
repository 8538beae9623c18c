"""Every adapter with the same small app behind it, and one way to ask them all: for the tests of who gets in."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from perftrack import PerformanceTracker
from perftrack.admin import Access

ADMIN = "/admin/performance"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
OWN_BODY = b"this is the app's own"


class Ask(NamedTuple):
    """One request; *target* is the path as it is sent, still encoded, with or without a query."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Give the values of a header, joined; nothing without it."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)


Door = Callable[[Ask], Answer]


def asgi_door(app: Any, loop: asyncio.AbstractEventLoop, root_path: str = "", scheme: str = "http") -> Door:
    """Ask an ASGI app."""

    def ask(request: Ask) -> Answer:
        return loop.run_until_complete(_asgi(app, _scope(request, root_path, scheme), request.body))

    return ask


def _scope(request: Ask, root_path: str, scheme: str) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": scheme,
        "path": unquote_to_bytes(path).decode("utf-8", "surrogateescape"),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": root_path,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
        "state": {},
    }


async def _asgi(app: Any, scope: dict[str, Any], body: bytes) -> Answer:
    incoming = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if incoming:
            return incoming.pop()
        await asyncio.Event().wait()  # a client that stays
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"])
    return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent))


def wsgi_door(app: Any, script_name: str = "", scheme: str = "http") -> Door:
    """Ask a WSGI app."""

    def ask(request: Ask) -> Answer:
        said: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], None]:
            said[:] = [int(status[:3]), tuple(headers)]
            return lambda data: None

        pieces: Iterable[bytes] = app(_environ(request, script_name, scheme), start_response)
        body = b"".join(pieces)
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
        return Answer(said[0], said[1], body)

    return ask


def _environ(request: Ask, script_name: str, scheme: str) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": script_name,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def raw_asgi(access: Access, tracker: PerformanceTracker, **more: Any) -> Any:
    """Make an ASGI app with its middleware."""
    from perftrack_asgi import PerformanceMiddleware

    return PerformanceMiddleware(own_asgi, tracker, access, **more)


async def own_asgi(scope: Any, receive: Any, send: Any) -> None:
    """Answer everything the same."""
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": OWN_BODY})


def raw_wsgi(access: Access, tracker: PerformanceTracker, **more: Any) -> Any:
    """Make a WSGI app with its middleware."""
    from perftrack_wsgi import PerformanceMiddleware

    return PerformanceMiddleware(own_wsgi, tracker, access, **more)


def own_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    """Answer everything the same."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [OWN_BODY]


def fastapi_extension(access: Access, tracker: PerformanceTracker, **more: Any) -> Any:
    """Make a FastAPI app with the extension."""
    from fastapi import FastAPI, Response

    from perftrack_fastapi import PerfTrack

    def own_fastapi(name: str) -> Response:
        return Response(OWN_BODY)

    app = FastAPI()
    app.add_api_route("/projects/{name}", own_fastapi)
    PerfTrack(app, tracker=tracker, access=access, **more)
    return app


def fastapi_router(access: Access, tracker: PerformanceTracker, **more: Any) -> Any:
    """Make a FastAPI app with middleware and router."""
    from fastapi import FastAPI

    from perftrack_fastapi import PerformanceMiddleware, admin_router

    app = FastAPI()
    middleware: Any = PerformanceMiddleware  # Starlette's own type for it differs from one version to the next
    app.add_middleware(middleware, tracker=tracker)
    app.include_router(admin_router(tracker, access=access, **more))
    return app


def starlette(access: Access, tracker: PerformanceTracker, **more: Any) -> Any:
    """Make a Starlette app."""
    from starlette.applications import Starlette

    from perftrack_fastapi import PerfTrack

    app = Starlette()
    PerfTrack(app, tracker=tracker, access=access, **more)
    return app


def flask_extension(access: Access, tracker: PerformanceTracker, **more: Any) -> Any:
    """Make a Flask app whose pages are served in front of it."""
    from flask import Flask

    from perftrack_flask import PerfTrack

    def own_flask(name: str) -> bytes:
        return OWN_BODY

    app = Flask("doors")
    app.add_url_rule("/projects/<name>", "project", own_flask)
    PerfTrack(app, tracker=tracker, access=access, **more)
    return app


def flask_blueprint(access: Access, tracker: PerformanceTracker, **more: Any) -> Any:
    """Make a Flask app whose pages are a blueprint."""
    return flask_extension(access, tracker, decorators=[], **more)


ASGI: Mapping[str, Callable[..., Any]] = {
    "asgi": raw_asgi,
    "fastapi": fastapi_extension,
    "fastapi router": fastapi_router,
    "starlette": starlette,
}
WSGI: Mapping[str, Callable[..., Any]] = {
    "wsgi": raw_wsgi,
    "flask": flask_extension,
    "flask blueprint": flask_blueprint,
}
