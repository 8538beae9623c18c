"""The standard library's WSGI server with a thread for each request, for the demo."""

from __future__ import annotations

import io
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class QuietServer(ThreadingMixIn, WSGIServer):
    """Serves *app*; clients that come and go, and an app that fails, are part of the demo and not reported."""

    daemon_threads = True
    allow_reuse_port = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, app: WSGIApplication) -> None:
        """Listen on *host* and *port*."""
        super().__init__((host, port), QuietHandler)
        self.set_app(app)

    def server_bind(self) -> None:
        """Bind without asking the name service for the name of this machine, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the client has gone."""


class QuietHandler(WSGIRequestHandler):
    """A handler without a log."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the method it replaces
        """Log nothing."""

    def get_stderr(self) -> io.TextIOBase:
        """Give the app and wsgiref a place for error texts that keeps none of them."""
        return Nowhere()


class Nowhere(io.TextIOBase):
    """A text stream that forgets."""

    def write(self, text: str, /) -> int:
        """Forget *text*."""
        return len(text)
