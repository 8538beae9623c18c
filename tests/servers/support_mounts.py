"""Apps below a mount point, for servers in processes of their own: `tests.servers.support_mounts:fastapi` and so on.

Each is made when it is asked for, because Django's settings hold for a whole process. All requests are slow ones, so
that whatever comes is also shown, with its query.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from perftrack import PerformanceTracker, Tokens
from tests.adapters import doors
from tests.servers.confusing import TOKEN

MOUNT = "/outer"


@cache  # some servers ask twice
def __getattr__(name: str) -> Any:
    """Make the app that a server asks for by name."""
    if name not in MAKERS:
        raise AttributeError(name)
    tracker = PerformanceTracker(slow_query_threshold=1e-9, max_slow_queries=1000, record_query_strings=True)
    return MAKERS[name](Tokens(TOKEN), tracker)


def _fastapi(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make a FastAPI app, mounted in Starlette."""
    return _starlette(doors.fastapi_extension(access, tracker))


def _fastapi_router(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make a FastAPI app with the router, mounted in another one."""
    from fastapi import FastAPI

    app = FastAPI()
    app.mount(MOUNT, doors.fastapi_router(access, tracker))
    return app


def _flask(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make a Flask app, mounted with werkzeug's dispatcher."""
    return _dispatcher(doors.flask_extension(access, tracker))


def _flask_blueprint(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make a Flask app with the blueprint, mounted in the same way."""
    return _dispatcher(doors.flask_blueprint(access, tracker))


def _django_wsgi(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make a Django project that is told its mount point by FORCE_SCRIPT_NAME."""
    from django.core.wsgi import get_wsgi_application

    _configure_django(access, tracker, FORCE_SCRIPT_NAME=MOUNT)
    return get_wsgi_application()


def _django_asgi(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make the same under ASGI."""
    from django.core.asgi import get_asgi_application

    _configure_django(access, tracker, FORCE_SCRIPT_NAME=MOUNT)
    return get_asgi_application()


def _django_in_dispatcher(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make a Django project below werkzeug's dispatcher."""
    from django.core.wsgi import get_wsgi_application

    _configure_django(access, tracker)
    return _dispatcher(get_wsgi_application())


def _django_in_starlette(access: Tokens, tracker: PerformanceTracker) -> Any:
    """Make a Django project, mounted in Starlette."""
    from django.core.asgi import get_asgi_application

    _configure_django(access, tracker)
    return _starlette(get_asgi_application())


MAKERS: dict[str, Callable[[Tokens, PerformanceTracker], Any]] = {
    "asgi": doors.raw_asgi,
    "django_asgi": _django_asgi,
    "django_in_dispatcher": _django_in_dispatcher,
    "django_in_starlette": _django_in_starlette,
    "django_wsgi": _django_wsgi,
    "fastapi": _fastapi,
    "fastapi_router": _fastapi_router,
    "flask": _flask,
    "flask_blueprint": _flask_blueprint,
    "wsgi": doors.raw_wsgi,
}


def _starlette(app: Any) -> Any:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    return Starlette(routes=[Mount(MOUNT, app)])


def _dispatcher(app: Any) -> Any:
    from werkzeug.exceptions import NotFound
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    return DispatcherMiddleware(NotFound(), {MOUNT: app})


def _configure_django(access: Tokens, tracker: PerformanceTracker, **more: Any) -> None:
    import django
    from django.conf import settings
    from django.http import HttpRequest, HttpResponse
    from django.urls import include, path

    def own(request: HttpRequest, name: str) -> HttpResponse:
        return HttpResponse(doors.OWN_BODY)

    settings.configure(
        SECRET_KEY="of the tests",
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["perftrack_django.PerformanceMiddleware"],
        INSTALLED_APPS=["perftrack_django"],
        ROOT_URLCONF=(
            path("admin/performance/", include("perftrack_django.urls")),
            path("projects/<name>", own),
        ),
        PERFTRACK={"access": access, "tracker": tracker},
        **more,
    )
    django.setup()
