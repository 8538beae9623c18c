"""The WSGI middleware (PEP 3333): it translates WSGI's calls for the core and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from perftrack import AdminRequest, PerformanceTracker
from perftrack.admin import Access
from perftrack.entrance import Entrance
from perftrack.exchange import begin
from perftrack.labels import Label
from perftrack.queueing import QUEUE_HEADERS
from perftrack_wsgi.request import declared_length, watch_input
from perftrack_wsgi.response import MadeFiles, WSGIExchange, measured_body

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class PerformanceMiddleware:
    """Measures a WSGI app and serves the admin pages."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],  # every framework has its own types for the two arguments
        tracker: PerformanceTracker | None = None,
        access: Access = None,
        admin_prefix: str | None = None,
        label: Label | None = None,
        serve_admin: bool = True,
        **settings: Any,
    ) -> None:
        """Wrap *app*.

        Args:
            app: Any WSGI app.
            tracker: Where to count; None takes `perftrack.get_tracker()`, made with *settings*.
            access: Who may see the admin pages: a token, a callable of `AdminRequest`, or `perftrack.AllowAll()`.
                None takes the token of `PERFTRACK_ADMIN_TOKEN`, else the pages are closed.
            admin_prefix: Where the admin pages are; None takes the setting.
            label: Reads the route from the environ after the call, None for no route; without it the path is taken,
                its ids folded.
            serve_admin: Answer the admin pages here; otherwise their requests go on to *app*, uncounted.
            settings: Settings by keyword.

        Raises:
            SettingError: A value is not allowed.
        """
        self.app: WSGIApplication = app
        self._entrance = Entrance(tracker, access, admin_prefix, label, settings)
        self.tracker = self._entrance.tracker
        self._known = self._entrance.known
        self._label = label
        self._serve_admin = serve_admin

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        exchange = rest = None
        try:
            path: str = environ.get("PATH_INFO", "")
            route = self._known.get(path)
            if route is None:
                exchange, rest = self._enter(environ)
            else:
                method = environ["REQUEST_METHOD"]
                exchange = begin(WSGIExchange, self.tracker, self._label, environ, method, path, route or None)
        except Exception as error:
            self.tracker.failed(error)
        if rest is None or not self._serve_admin:
            return _run(self.app, exchange, environ, start_response)
        return _run(self._admin_app, exchange, {**environ, "PATH_INFO": rest}, start_response)

    def _enter(self, environ: WSGIEnvironment) -> tuple[WSGIExchange | None, str | None]:
        """Start to measure a request. Give its exchange, and the path below the admin prefix if it has one."""
        entrance, method = self._entrance, environ.get("REQUEST_METHOD", "")
        path = text_path(environ.get("PATH_INFO") or "/")
        rest = entrance.admin_rest(path) if path.startswith(entrance.prefix) else None
        if rest is not None:
            return entrance.admin_exchange(WSGIExchange, environ, method, rest), rest
        exchange = entrance.exchange(WSGIExchange, environ, method, path)
        if exchange is not None and entrance.trust_queue_header:
            self._queued(environ)
        return exchange, None

    def _queued(self, environ: WSGIEnvironment) -> None:
        try:
            self._entrance.queued(lambda: _first_header(environ))
        except Exception as error:
            self.tracker.failed(error)

    def _admin_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve the admin pages, with the path below their prefix."""
        headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            headers[name.replace("_", "-").lower()] = environ.get(name, "")
        method, rest = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = _beginning(environ, self._entrance.admin.body_limit(method, rest))
        query, scheme = environ.get("QUERY_STRING", ""), environ.get("wsgi.url_scheme", "http")
        answer = self._entrance.answer(AdminRequest(method, rest, query, headers, environ, body, scheme))
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(answer.headers))
        return [answer.body]


def _run(
    app: WSGIApplication, exchange: WSGIExchange | None, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    if exchange is None:
        return app(environ, start_response)
    length = environ.get("CONTENT_LENGTH")
    if length and length != "0":
        watch_input(exchange, environ, length)
    file_wrapper = environ.get("wsgi.file_wrapper")
    if file_wrapper is not None and not isinstance(file_wrapper, type):
        file_wrapper = environ["wsgi.file_wrapper"] = MadeFiles(file_wrapper)
    exchange.server_start_response = start_response
    exchange.written = 0
    try:
        body = app(environ, exchange.start_response)
    except Exception:
        exchange.guarded(exchange.raised)
        raise
    except BaseException:  # a greenlet or a worker is being stopped
        exchange.guarded(exchange.cut_short)
        raise
    try:
        return measured_body(exchange, body, file_wrapper)
    except Exception as error:
        exchange.tracker.failed(error)
        exchange.guarded(exchange.complete)
        return body


def text_path(path: str) -> str:
    """Read PATH_INFO, which holds bytes in the form of Latin-1 text, as UTF-8."""
    return path if path.isascii() else path.encode("latin-1", "replace").decode("utf-8", "replace")


def _beginning(environ: WSGIEnvironment, limit: int) -> bytes:
    """Read the body up to *limit* bytes; a body of unknown length only where the server marks its end."""
    known = declared_length(environ.get("CONTENT_LENGTH") or "") or 0
    size = min(limit, limit if environ.get("wsgi.input_terminated") else known)
    try:
        body: bytes = environ["wsgi.input"].read(size) if size > 0 else b""
    except Exception:  # the client has left, or the server gave it up
        return b""
    return body


def _first_header(environ: WSGIEnvironment) -> str | None:
    keys = ("HTTP_" + name.replace("-", "_").upper() for name in QUEUE_HEADERS)
    return next((environ[key] for key in keys if key in environ), None)
