"""The endpoints of the scenarios in Flask."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, Response, request, send_file
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.conformance.apps import sync_bodies as bodies
from tests.conformance.apps.shared import AFTERWARDS, ETAG, LATE, SLOW, BrokenError, download

routes = Blueprint("routes", __name__)


@routes.get("/items/<id>")
def item(id: str) -> str:  # noqa: A002 - the name of the path parameter in all apps
    """Answer with a small body."""
    return id


@routes.get("/teapot")
def teapot() -> tuple[str, int]:
    """Answer with a client error."""
    return "teapot", 418


@routes.get("/boom")
def boom() -> str:
    """Fail before anything is sent."""
    raise BrokenError


@routes.get("/break")
def broken() -> Response:
    """Fail after the first piece."""
    return Response(bodies.pieces_then_error())


@routes.get("/stream")
def stream() -> Response:
    """Send pieces with pauses between them."""
    return Response(bodies.pieces())


@routes.get("/events")
def events() -> Response:
    """Send server-sent events."""
    return Response(bodies.event_pieces(), mimetype="text/event-stream")


@routes.get("/endless")
def endless() -> Response:
    """Send pieces for as long as somebody takes them."""
    return Response(bodies.endless_pieces())


@routes.get("/late")
def late() -> Response:
    """Send much after a pause."""
    return Response(bodies.late_pieces())


@routes.get("/background")
def background() -> Response:
    """Answer, then go on working."""
    response = Response("done")
    response.call_on_close(lambda: time.sleep(AFTERWARDS))
    return response


@routes.get("/slow")
def slow() -> str:
    """Take long."""
    time.sleep(SLOW)
    return "slow"


@routes.get("/small")
def small() -> str:
    """Wait, then answer with a small body."""
    time.sleep(LATE)
    return "small"


@routes.post("/upload")
def upload() -> str:
    """Read the request's body."""
    return str(len(request.get_data()))


@routes.get("/empty")
@routes.get("/health")
@routes.get("/ping")
def empty() -> tuple[str, int]:
    """Answer without a body."""
    return "", 204


@routes.get("/cached")
def cached() -> Response:
    """Answer with a validator, or that nothing has changed."""
    response = Response("cached")
    response.set_etag(ETAG.strip('"'))
    response.make_conditional(request)
    return response


@routes.get("/download")
def download_file() -> Response:
    """Send a file."""
    return send_file(download())


def second() -> Flask:
    """Give another app, with one endpoint."""
    app = Flask("second")
    app.add_url_rule("/items/<id>", view_func=item)
    return app


def build() -> Flask:
    """Give the app."""
    app = Flask("conformance")
    app.register_blueprint(routes)
    orders = Blueprint("orders", __name__, url_prefix="/orders")
    orders.add_url_rule("/<id>", view_func=item)
    shop = Blueprint("shop", __name__, url_prefix="/shop")
    shop.register_blueprint(orders)
    app.register_blueprint(shop, url_prefix="/v1/shop")
    mounted = Flask("mounted")
    mounted.add_url_rule("/hello/<id>", view_func=item)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/mounted": mounted})  # type: ignore[method-assign] # Flask's documented way to mount
    return app
