"""Apps and things that are none, of every kind that `module:name` can meet."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def asgi(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """An ASGI app."""


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A WSGI app."""
    start_response("200 OK", [])
    return []


class AsyncCall:
    """Instances are ASGI apps."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer."""


class SyncCall:
    """Instances are WSGI apps."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""
        return wsgi(environ, start_response)


class ReturnsCoroutine:
    """Instances are ASGI apps whose call is not declared async."""

    def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
        """Answer."""
        return asgi(scope, receive, send)


class WSGIClass:
    """The class itself is a WSGI app: PEP 3333 calls it and iterates over the instance."""

    def __init__(self, environ: WSGIEnvironment, start_response: StartResponse) -> None:
        start_response("200 OK", [])

    def __iter__(self) -> Iterable[bytes]:
        return iter([b""])


def passing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate as functools.wraps does."""

    @functools.wraps(function)
    def wrapper(*args: Any, **keywords: Any) -> Any:
        return function(*args, **keywords)

    return wrapper


def hiding(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate without a trace of what is inside."""

    def wrapper(*args: Any, **keywords: Any) -> Any:
        return function(*args, **keywords)

    return wrapper


async def needs_colour(colour: str, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """An ASGI app once its colour is bound."""


def needs_shape(environ: WSGIEnvironment, start_response: StartResponse, *, shape: str) -> Iterable[bytes]:
    """A WSGI app once its shape is bound."""
    return wsgi(environ, start_response)


class Box:
    """Holds apps under dotted names."""

    inner = SyncCall()


async_instance = AsyncCall()
sync_instance = SyncCall()
returns_coroutine = ReturnsCoroutine()
bound_method = sync_instance.__call__
asgi_partial = functools.partial(needs_colour, "red")
wsgi_partial = functools.partial(needs_shape, shape="round")
asgi_decorated = passing(asgi)
wsgi_decorated = passing(wsgi)
hidden_wsgi = hiding(wsgi)
no_app = 42


def create_asgi() -> AsyncCall:
    """A factory."""
    return AsyncCall()


def create_wsgi(debug: bool = False, **options: Any) -> SyncCall:
    """A factory with options."""
    return SyncCall()


def create_any(*arguments: Any) -> SyncCall:
    """A factory that only `()` can tell."""
    return SyncCall()


def create_nothing() -> None:
    """A factory that gives no app."""


def create_factory() -> Callable[[], SyncCall]:
    """A factory of a factory."""
    return create_wsgi


def create_failing() -> SyncCall:
    """A factory that raises."""
    raise RuntimeError("no database\nat db:5432")


async def create_async() -> AsyncCall:
    """An async factory, which no server calls."""
    return AsyncCall()


def one_argument(request: object) -> object:
    """Neither kind of app."""
    return request


application = wsgi
