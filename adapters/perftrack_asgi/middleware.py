"""The ASGI middleware: it translates ASGI's messages for the core and decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from perftrack import PerformanceTracker
from perftrack.admin import Access
from perftrack.entrance import Entrance
from perftrack.exchange import begin
from perftrack.labels import Label
from perftrack.queueing import QUEUE_HEADERS
from perftrack_asgi.admin import AdminApp, path_below_mount
from perftrack_asgi.http import HTTPExchange
from perftrack_asgi.types import ASGIApp, Receive, Scope, Send
from perftrack_asgi.websocket import MeasuredWebSocket


class PerformanceMiddleware:
    """Measures an ASGI app and serves the admin pages. Lifespan and unknown scopes pass through untouched."""

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],  # every framework has its own types for the three arguments
        tracker: PerformanceTracker | None = None,
        access: Access = None,
        admin_prefix: str | None = None,
        label: Label | None = None,
        serve_admin: bool = True,
        **settings: Any,
    ) -> None:
        """Wrap *app*.

        Args:
            app: Any ASGI 3 app.
            tracker: Where to count; None takes `perftrack.get_tracker()`, made with *settings*.
            access: Who may see the admin pages: a token, a callable of `AdminRequest`, or `perftrack.AllowAll()`.
                None takes the token of `PERFTRACK_ADMIN_TOKEN`, else the pages are closed.
            admin_prefix: Where the admin pages are; None takes the setting.
            label: Reads the route from the scope after the call, None for no route; without it the path is taken,
                its ids folded.
            serve_admin: Answer the admin pages here; otherwise their requests go on to *app*, uncounted.
            settings: Settings by keyword.

        Raises:
            SettingError: A value is not allowed.
        """
        self.app: ASGIApp = app
        self._entrance = Entrance(tracker, access, admin_prefix, label, settings)
        self.tracker = self._entrance.tracker
        self._known = self._entrance.known
        self._label = label
        self._admin_app: ASGIApp = AdminApp(self._entrance.admin) if serve_admin else app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. What is measured runs from here: another coroutine would cost every request."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        app: ASGIApp = self.app
        exchange = None
        try:
            path = scope.get("path", "")
            route = self._known.get(path)
            if route is None or scope.get("root_path"):
                app, exchange = self._enter(scope, path)
            else:
                method = scope.get("method", "")
                exchange = begin(HTTPExchange, self.tracker, self._label, scope, method, path, route or None)
        except Exception as error:
            self.tracker.failed(error)
        if exchange is None:
            await app(scope, receive, send)
            return
        exchange.server_receive, exchange.server_send = receive, send
        try:
            await app(scope, exchange.receive, exchange.send)
        except Exception:
            exchange.guarded(exchange.raised)
            raise
        except BaseException:  # a cancellation is no answer
            exchange.guarded(exchange.cut_short)
            raise
        try:
            exchange.returned()
        except Exception as error:
            exchange.tracker.failed(error)

    def _enter(self, scope: Scope, path: str) -> tuple[ASGIApp, HTTPExchange | None]:
        """Choose who answers, and start to measure it."""
        entrance, method = self._entrance, scope.get("method", "")
        if scope.get("root_path"):
            path = path_below_mount(scope)
        rest = entrance.admin_rest(path) if path.startswith(entrance.prefix) else None
        if rest is not None:
            return self._admin_app, entrance.admin_exchange(HTTPExchange, scope, method, rest)
        exchange = entrance.exchange(HTTPExchange, scope, method, path)
        if exchange is not None and entrance.trust_queue_header:
            self._queued(scope)
        return self.app, exchange

    def _queued(self, scope: Scope) -> None:
        try:
            self._entrance.queued(lambda: _first_header(scope, QUEUE_HEADERS))
        except Exception as error:
            self.tracker.failed(error)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = None
        try:
            if scope["type"] == "websocket":
                session = self._entrance.session(path_below_mount(scope))
        except Exception as error:
            self.tracker.failed(error)
        if session is None:
            await self.app(scope, receive, send)
            return
        await MeasuredWebSocket(session, receive, send).run(self.app, scope)


def _first_header(scope: Scope, names: Iterable[str]) -> str | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return next((headers[name] for name in names if name in headers), None)
