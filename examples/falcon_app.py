"""Falcon, WSGI and ASGI.

PERFTRACK_ADMIN_TOKEN=choose-a-long-one gunicorn examples.falcon_app:app
PERFTRACK_ADMIN_TOKEN=choose-a-long-one uvicorn examples.falcon_app:asgi_app
"""

import re
from collections.abc import Mapping
from typing import Any

import falcon
import falcon.asgi

import perftrack_asgi
import perftrack_wsgi

ROUTE = "falcon.route"


class Route:
    """Leaves the template of the route that Falcon has chosen where `route` reads it."""

    def process_resource(self, req: Any, resp: Any, resource: object, params: object) -> None:
        req.env[ROUTE] = req.uri_template

    async def process_resource_async(self, req: Any, resp: Any, resource: object, params: object) -> None:
        req.scope[ROUTE] = req.uri_template


def route(source: Mapping[str, Any]) -> str | None:
    """Write `/items/{item_id:int}` as all templates are written: `/items/{item_id}`."""
    template = source.get(ROUTE)
    return template and re.sub(r":[^{}]*(?=})", "", template)


class Item:
    def on_get(self, req: Any, resp: Any, item_id: int) -> None:
        resp.media = {"item_id": item_id}


class AsyncItem:
    async def on_get(self, req: Any, resp: Any, item_id: int) -> None:
        resp.media = {"item_id": item_id}


wsgi = falcon.App(middleware=[Route()])
wsgi.add_route("/items/{item_id:int}", Item())
app = perftrack_wsgi.PerformanceMiddleware(wsgi, label=route)

asgi = falcon.asgi.App(middleware=[Route()])
asgi.add_route("/items/{item_id:int}", AsyncItem())
asgi_app = perftrack_asgi.PerformanceMiddleware(asgi, label=route)
