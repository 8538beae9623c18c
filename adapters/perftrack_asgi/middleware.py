"""The ASGI middleware: it translates ASGI's messages for the core and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from perftrack import AdminRequest, PerformanceTracker
from perftrack.admin import Access
from perftrack.entrance import Entrance
from perftrack.exchange import Exchange
from perftrack.labels import Label
from perftrack.queueing import QUEUE_HEADERS
from perftrack_asgi.http import MeasuredHTTP
from perftrack_asgi.types import ASGIApp, Receive, Scope, Send
from perftrack_asgi.websocket import MeasuredWebSocket


class PerformanceMiddleware:
    """Measures an ASGI app and serves the admin pages. Lifespan and unknown scopes pass through untouched."""

    def __init__(
        self,
        app: ASGIApp,
        tracker: PerformanceTracker | None = None,
        access: Access = None,
        admin_prefix: str | None = None,
        label: Label | None = None,
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
            settings: Settings by keyword.

        Raises:
            SettingError: A value is not allowed.
        """
        self.app = app
        self._entrance = Entrance(tracker, access, admin_prefix, label, settings)
        self.tracker = self._entrance.tracker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_below_mount(scope)
        entrance = self._entrance
        rest = entrance.admin_rest(path)
        if rest is not None:
            exchange = entrance.admin_exchange(scope, scope["method"], rest)
            await _run(self._admin_app, exchange, {**scope, "path": rest}, receive, send)
            return
        exchange = entrance.exchange(scope, scope["method"], path)
        if exchange is not None and entrance.trust_queue_header:
            entrance.queued(lambda: _first_header(scope, QUEUE_HEADERS))
        await _run(self.app, exchange, scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = self._entrance.session(path_below_mount(scope))
        if session is None:
            await self.app(scope, receive, send)
            return
        await MeasuredWebSocket(session, receive, send).run(self.app, scope)

    async def _admin_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the admin pages, with the path below their prefix."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope.get("query_string", b"").decode("latin-1")
        answer = self._entrance.answer(AdminRequest(scope["method"], scope["path"], query, headers, scope))
        raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw_headers})
        await send({"type": "http.response.body", "body": answer.body})


async def _run(app: ASGIApp, exchange: Exchange | None, scope: Scope, receive: Receive, send: Send) -> None:
    if exchange is None:
        await app(scope, receive, send)
        return
    measured = MeasuredHTTP(exchange, receive, send)
    try:
        await app(scope, measured.receive, measured.send)
    except Exception:
        exchange.raised()
        raise
    except BaseException:  # a cancellation is no answer
        exchange.cut_short()
        raise
    exchange.returned()


def path_below_mount(scope: Mapping[str, Any]) -> str:
    """Give the path below `root_path`, whether or not the server or a proxy has left that in the path."""
    path: str = scope.get("path", "")
    root = scope.get("root_path")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        return path[len(root) :] or "/"
    return path


def _first_header(scope: Scope, names: Iterable[str]) -> str | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return next((headers[name] for name in names if name in headers), None)
