"""Puts the ASGI and WSGI middlewares around Django's own handlers.

A Django middleware sees a response, not its bytes leaving, nor a client that left during its upload. The handlers see
both, so that is where a request is measured; the middleware in MIDDLEWARE switches it on and brings the route.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import cache, partial, wraps
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler

from perftrack.admin import Admin
from perftrack.labels import Label
from perftrack_asgi import PerformanceMiddleware as ASGIMiddleware
from perftrack_asgi.types import ASGIApp, Receive, Scope, Send
from perftrack_django.conf import access, mounted_at, tracker
from perftrack_django.labels import ROUTE, route_left, route_template
from perftrack_wsgi import PerformanceMiddleware as WSGIMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_APP: Final = "perftrack_app"
"""Where a handler keeps the middleware that was made around it."""


@cache
def measure_handlers() -> None:
    """Wrap both handlers, once.

    Raises:
        SettingError: A setting is not allowed; so it shows when the server starts, not at the first request.
    """
    Admin(tracker(), access())
    handlers: tuple[Any, Any] = (WSGIHandler, ASGIHandler)  # Any, because no type checker lets a method be replaced
    wsgi, asgi = handlers
    wsgi.__call__ = _measured_wsgi(wsgi.__call__)
    asgi.__call__ = _measured_asgi(asgi.__call__)


def _measured_wsgi(call: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    @wraps(call)
    def measured(handler: WSGIHandler, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ[ROUTE] = None
        app: WSGIApplication = getattr(handler, _APP, None) or _measured(handler, call, WSGIMiddleware, route_left)
        return app(environ, start_response)

    return measured


def _measured_asgi(call: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @wraps(call)
    async def measured(handler: ASGIHandler, scope: Scope, receive: Receive, send: Send) -> None:
        scope = _mounted(scope)
        scope[ROUTE] = None
        app: ASGIApp = getattr(handler, _APP, None) or _measured(handler, call, ASGIMiddleware, route_template)
        await app(scope, receive, send)

    return measured


def _mounted(scope: Scope) -> Scope:
    """Give *scope* with the mount point as Django has it: FORCE_SCRIPT_NAME goes before what the server says."""
    forced = settings.FORCE_SCRIPT_NAME
    return {**scope, "root_path": str(forced).rstrip("/")} if forced else scope


def _measured(handler: Any, call: Callable[..., Any], middleware: Callable[..., Any], label: Label) -> Any:
    """Give the middleware around *handler*, made at its first request: by then the project is complete."""
    bare = partial(call, handler)
    try:
        app = middleware(bare, tracker=tracker(), admin_prefix=mounted_at(), label=label, serve_admin=False)
        setattr(handler, _APP, app)
    except Exception as error:  # URLs that cannot be imported: how that is answered is Django's affair
        tracker().failed(error)
        return bare
    return app
