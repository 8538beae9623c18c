"""Litestar: PERFTRACK_ADMIN_TOKEN=choose-a-long-one uvicorn examples.litestar_app:app"""

from collections.abc import Mapping
from typing import Any

from litestar import Litestar, get
from litestar.params import FromPath

from perftrack_asgi import PerformanceMiddleware


@get("/items/{item_id:int}")
async def item(item_id: FromPath[int]) -> dict[str, int]:
    return {"item_id": item_id}


def route(scope: Mapping[str, Any]) -> str | None:
    """Litestar leaves the template of the route that it has chosen in the scope."""
    template: str | None = scope.get("path_template")
    return template


app = PerformanceMiddleware(Litestar([item]), label=route)
