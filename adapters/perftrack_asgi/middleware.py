"""The ASGI middleware: it translates ASGI's messages for the core and decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from perftrack import PerformanceTracker
from perftrack.admin import Access
from perftrack.entrance import Entrance
from perftrack.exchange import BACKGROUND_FLOOR
from perftrack.labels import Label
from perftrack.outcomes import NO_STATUS
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: C901 - see below
        """Serve one connection.

        What every request needs is written out, here, in `HTTPExchange.send` and in `PrivateMemory.finish`: a call
        that comes once a request costs as much as ten lines. What few requests need is called.
        """
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        app: ASGIApp = self.app
        tracker, exchange = self.tracker, None
        clock = tracker.clock  # Python calls a local name faster than an attribute
        try:
            path, method = scope.get("path", ""), scope.get("method", "")
            if path not in self._known or scope.get("root_path"):
                app, exchange = self._enter(scope, method, path)
            else:  # as `begin` does
                begun = HTTPExchange()
                begun.tracker = tracker
                begun.label = self._label
                begun.source = scope
                begun.method = method
                begun.path = path
                begun.route = self._known[path]
                begun.status = NO_STATUS
                begun.first_byte = begun.finish = begun.outcome = None
                begun.last_piece = begun.stream = False
                begun.arrival = clock()
                tracker.memory.live[begun] = None
                exchange = begun
        except Exception as error:
            tracker.failed(error)
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
            if exchange.finish is None:
                exchange.cut_short()
            elif (background := clock() - exchange.finish) >= BACKGROUND_FLOOR:
                exchange.worked(background)
        except Exception as error:
            tracker.failed(error)

    def _enter(self, scope: Scope, method: str, path: str) -> tuple[ASGIApp, HTTPExchange | None]:
        """Choose who answers, and start to measure it."""
        entrance = self._entrance
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
