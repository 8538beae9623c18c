"""The server of the standard library with a thread for each request; the port is the only argument."""

from __future__ import annotations

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tests.servers.support_apps import wsgi


class ThreadedServer(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True


def main() -> None:
    """Serve until stopped."""
    with make_server("127.0.0.1", int(sys.argv[1]), wsgi, ThreadedServer, WSGIRequestHandler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
