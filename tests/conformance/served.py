"""What the servers are given: the app of one integration with one monitor, both named by the environment.

Around the monitored app stands what surrounds an app outside: a proxy that has put it below /api, and a second app in
the same process. A request asks for them by its header `X-Conformance`.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable
from typing import Any

PREFIX = "/api"


def monitored(kind: str, monitor: Any) -> Any:
    """Give the app of *kind*, watched by *monitor*."""
    if kind.startswith("django"):
        project = importlib.import_module("tests.conformance.apps.django_project")
        return monitor.watch_django(getattr(project, kind.replace("django", "build")))
    return getattr(monitor, f"watch_{kind}")(_module(kind).build())


def monitored_second(kind: str, monitor: Any) -> Any:
    """Give a second app of *kind* with a tracker of its own; None where there cannot be one."""
    build: Callable[[], Any] | None = None if kind.startswith("django") else getattr(_module(kind), "second", None)
    if build is None or not monitor.__name__.endswith("perftrack_monitor"):
        return None
    tracker = importlib.import_module("perftrack").PerformanceTracker("second")
    return getattr(monitor, f"watch_{kind}")(build(), tracker)


def _module(kind: str) -> Any:
    name = kind if kind.startswith("raw") else f"{kind}_app"
    return importlib.import_module(f"tests.conformance.apps.{name}")


class AsgiSurroundings:
    """The proxy and the choice between two apps, for ASGI."""

    def __init__(self, app: Any, second: Any) -> None:
        """Stand before both apps."""
        self._app = app
        self._second = second

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection as the request wishes."""
        wish = dict(scope.get("headers", ())).get(b"x-conformance")
        if wish == b"proxy":
            scope["root_path"] = PREFIX
        await (self._second if wish == b"second" else self._app)(scope, receive, send)


class WsgiSurroundings:
    """The proxy and the choice between two apps, for WSGI."""

    def __init__(self, app: Any, second: Any) -> None:
        """Stand before both apps."""
        self._app = app
        self._second = second

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Serve one request as it wishes."""
        wish = environ.get("HTTP_X_CONFORMANCE")
        if wish == "proxy":
            environ["SCRIPT_NAME"] = PREFIX
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PREFIX)
        app = self._second if wish == "second" else self._app
        answer: Iterable[bytes] = app(environ, start_response)
        return answer


def _served() -> Any:
    kind = os.environ["CONFORMANCE_APP"]
    monitor = importlib.import_module(os.environ["CONFORMANCE_MONITOR"])
    surroundings = AsgiSurroundings if os.environ["CONFORMANCE_SERVER"] == "uvicorn" else WsgiSurroundings
    return surroundings(monitored(kind, monitor), monitored_second(kind, monitor))


app = _served()
