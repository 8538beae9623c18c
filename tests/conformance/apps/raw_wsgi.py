"""The endpoints of the scenarios as a WSGI app without a framework."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from tests.conformance.apps import sync_bodies as bodies
from tests.conformance.apps.shared import AFTERWARDS, ETAG, LATE, SLOW, BrokenError, download

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

View = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]


def item(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a small body."""
    method = environ["REQUEST_METHOD"]
    if method not in ("GET", "HEAD", "OPTIONS"):
        start_response("405 Method Not Allowed", [("Content-Length", "0")])
        return []
    start_response("200 OK", [("Content-Length", "4")])
    return [] if method == "HEAD" else [b"item"]


def teapot(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a client error."""
    start_response("418 I'm a teapot", [("Content-Length", "0")])
    return []


def boom(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Fail before anything is sent."""
    raise BrokenError


def streamed(make: Callable[[], Iterator[bytes]], kind: str = "text/plain") -> View:
    """Make a view that sends the pieces of *make* as they come."""

    def view(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", kind)])
        return make()

    return view


class WorksWhenClosed:
    """A small body whose `close` works, the way of WSGI to do something after the answer."""

    def __iter__(self) -> Iterator[bytes]:
        """Give the body."""
        yield b"done"

    def close(self) -> None:
        """Go on working."""
        time.sleep(AFTERWARDS)


def background(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer, then go on working."""
    start_response("200 OK", [("Content-Length", "4")])
    return WorksWhenClosed()


def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Take long."""
    time.sleep(SLOW)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"slow"]


def small(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Wait, then answer with a small body."""
    time.sleep(LATE)
    start_response("200 OK", [("Content-Length", "5")])
    return [b"small"]


def upload(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Read the request's body."""
    size = str(len(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))).encode()
    start_response("200 OK", [("Content-Length", str(len(size)))])
    return [size]


def empty(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer without a body."""
    start_response("204 No Content", [])
    return []


def cached(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a validator, or that nothing has changed."""
    if environ.get("HTTP_IF_NONE_MATCH") == ETAG:
        start_response("304 Not Modified", [("ETag", ETAG)])
        return []
    start_response("200 OK", [("ETag", ETAG), ("Content-Length", "6")])
    return [b"cached"]


def download_file(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Send a file through the server's own wrapper."""
    start_response("200 OK", [("Content-Length", str(download().stat().st_size))])
    wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](download().open("rb"))
    return wrapped


VIEWS: list[tuple[str, View]] = [
    (r"/items/\w+", item),
    (r"/v1/shop/orders/\w+", item),
    (r"/mounted/hello/\w+", item),
    (r"/teapot", teapot),
    (r"/boom", boom),
    (r"/break", streamed(bodies.pieces_then_error)),
    (r"/stream", streamed(bodies.pieces)),
    (r"/events", streamed(bodies.event_pieces, "text/event-stream")),
    (r"/endless", streamed(bodies.endless_pieces)),
    (r"/late", streamed(bodies.late_pieces)),
    (r"/background", background),
    (r"/slow", slow),
    (r"/small", small),
    (r"/upload", upload),
    (r"/empty", empty),
    (r"/cached", cached),
    (r"/download", download_file),
    (r"/(health|ping)", empty),
]


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Serve one request."""
    for pattern, view in VIEWS:
        if re.fullmatch(pattern, environ["PATH_INFO"]):
            return view(environ, start_response)
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


def build() -> WSGIApplication:
    """Give the app."""
    return app


second = build
