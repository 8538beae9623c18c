"""The admin pages as a FastAPI router, with access by dependencies and typed models in the OpenAPI page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.params import Depends

from perftrack import AllowAll, PerformanceTracker, get_tracker
from perftrack.admin import Access, Admin
from perftrack.admin.handlers import ROUTES
from perftrack.admin.openapi import parameters, request_body
from perftrack.admin.route import Route
from perftrack.labels import METHODS
from perftrack_asgi.admin import AdminApp
from perftrack_asgi.types import Message, Receive
from perftrack_fastapi.models import model

Endpoint = Callable[[Request], Awaitable[Response]]


def admin_router(
    tracker: PerformanceTracker | None = None,
    *,
    access: Access = None,
    dependencies: Sequence[Depends] = (),
    admin_prefix: str | None = None,
    include_in_schema: bool = True,
) -> APIRouter:
    """Make the router: `app.include_router(admin_router(dependencies=[Depends(require_admin)]))`.

    Args:
        tracker: Whose numbers are shown; None takes `perftrack.get_tracker()`.
        access: Who may see them, as everywhere. With *dependencies*, these decide and None lets pass whom they pass.
        dependencies: FastAPI dependencies that raise for whoever may not see the pages.
        admin_prefix: Where the pages are; None takes the setting.
        include_in_schema: Show the pages in the app's OpenAPI document.
    """
    if dependencies and access is None:
        access = AllowAll()
    admin = Admin(tracker or get_tracker(), access, admin_prefix)
    router = APIRouter(prefix=admin.prefix, dependencies=list(dependencies), tags=["perftrack"])
    endpoint = _endpoint(admin)
    for path, route in ROUTES.items() if include_in_schema else ():
        if isinstance(route.answer, type):
            _document(router, path, route, route.answer, _endpoint(admin, path))
    # The core answers every path and method, unknown ones too.
    router.add_api_route("{rest:path}", endpoint, methods=sorted(METHODS), include_in_schema=False)
    return router


def _document(router: APIRouter, path: str, route: Route, shape: type, endpoint: Endpoint) -> None:
    router.add_api_route(
        path,
        endpoint,
        methods=[route.methods[0]],
        summary=route.summary,
        response_model=None,
        responses={200: {"model": model(shape)}},
        openapi_extra={"parameters": parameters(path, route), **request_body(route)},
    )


def _endpoint(admin: Admin, path: str | None = None) -> Endpoint:
    """Make the endpoint of *path*, or of every path. What is before it, the app's routers have taken off already."""
    serve = AdminApp(admin)

    async def perftrack_admin(request: Request) -> Response:
        rest = request.path_params["rest"] if path is None else path
        answer = await serve.answer(request.scope, _unread(request), rest)
        response = Response(answer.body, answer.status)
        response.raw_headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
        return response

    return perftrack_admin


def _unread(request: Request) -> Receive:
    """Give the messages with the body, also when a dependency has read it before."""
    pieces = request.stream()

    async def receive() -> Message:
        try:
            piece = await anext(pieces)
        except StopAsyncIteration:
            return {"type": "http.request", "more_body": False}
        except Exception:  # the client has left, or a dependency has taken the body as a form
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": True}

    return receive
