"""The WSGI middleware (PEP 3333): it translates WSGI's calls for the core and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from perftrack import AdminRequest, PerformanceTracker
from perftrack.admin import Access
from perftrack.entrance import Entrance
from perftrack.labels import Label
from perftrack.outcomes import NO_STATUS
from perftrack.queueing import QUEUE_HEADERS
from perftrack_wsgi.request import declared_length, watch_input
from perftrack_wsgi.response import MadeFiles, WSGIExchange, measured_kind, time_file

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

    def __call__(  # noqa: C901 - see below
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Serve one request.

        What every request needs is written out, here, in `MeasuredBody` and in `PrivateMemory.finish`: a call that
        comes once a request costs as much as ten lines. What few requests need is called.
        """
        app: WSGIApplication = self.app
        tracker, exchange = self.tracker, None
        try:
            path: str = environ.get("PATH_INFO", "")
            if path not in self._known:
                app, exchange, environ = self._enter(environ)
            else:  # as `begin` does
                begun = WSGIExchange()
                begun.tracker = tracker
                begun.label = self._label
                begun.source = environ
                begun.method = environ["REQUEST_METHOD"]
                begun.path = path
                begun.route = self._known[path]
                begun.status = NO_STATUS
                begun.first_byte = begun.finish = begun.outcome = None
                begun.last_piece = begun.stream = False
                clock = tracker.clock  # Python calls a local name faster than an attribute
                begun.arrival = clock()
                tracker.memory.live[begun] = None
                exchange = begun
        except Exception as error:
            tracker.failed(error)
        if exchange is None:
            return app(environ, start_response)
        if "CONTENT_LENGTH" in environ:
            watch_input(exchange, environ)
        file_wrapper: Any = environ.get("wsgi.file_wrapper")
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
            if file_wrapper is not None and isinstance(body, file_wrapper):
                return time_file(exchange, body)
            measured = measured_kind(type(body))()
            measured.body, measured.exchange = body, exchange  # here, because an `__init__` takes twice as long
        except Exception as error:
            tracker.failed(error)
            exchange.guarded(exchange.complete)
            return body
        return measured

    def _enter(self, environ: WSGIEnvironment) -> tuple[WSGIApplication, WSGIExchange | None, WSGIEnvironment]:
        """Choose who answers, start to measure it, and give its environ."""
        entrance, method = self._entrance, environ.get("REQUEST_METHOD", "")
        path = text_path(environ.get("PATH_INFO") or "/")
        rest = entrance.admin_rest(path) if path.startswith(entrance.prefix) else None
        if rest is not None:
            exchange = entrance.admin_exchange(WSGIExchange, environ, method, rest)
            if not self._serve_admin:
                return self.app, exchange, environ
            return self._admin_app, exchange, {**environ, "PATH_INFO": rest}
        exchange = entrance.exchange(WSGIExchange, environ, method, path)
        if exchange is not None and entrance.trust_queue_header:
            self._queued(environ)
        return self.app, exchange, environ

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
