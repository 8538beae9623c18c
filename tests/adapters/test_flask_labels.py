"""Flask: which row a request goes to."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Blueprint, Flask, Response
from flask.views import MethodView
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from perftrack import PerformanceTracker
from perftrack_flask import PerfTrack
from tests.adapters.native_support import rows


def hello(**values: object) -> str:
    """Answer."""
    return "hello"


def measured(app: Flask) -> PerformanceTracker:
    """Set up *app* with a tracker of its own."""
    tracker = PerformanceTracker()
    PerfTrack(app, tracker=tracker)
    return tracker


def ask(app: Any, *requests: str, script_name: str = "") -> list[int]:
    """Send `METHOD /path` after `METHOD /path`. Give the statuses."""
    client, statuses = Client(app), list[int]()
    for request in requests:
        method, path = request.split(" ", 1)
        with client.open(path, method=method, base_url=f"http://localhost{script_name}/") as response:
            statuses.append(response.status_code)
    return statuses


@pytest.mark.parametrize(
    ("rule", "path", "row"),
    [
        ("/", "/", "/"),
        ("/items/<item_id>", "/items/7", "/items/{item_id}"),
        ("/items/<int:item_id>", "/items/007", "/items/{item_id}"),
        ("/items/<int(fixed_digits=3, max=100):n>", "/items/007", "/items/{n}"),
        ("/price/<float:price>", "/price/1.5", "/price/{price}"),
        ("/u/<uuid:id>", "/u/0B9E6A3C-9C3E-4B5E-8F0A-2D6C1E7F9A10", "/u/{id}"),
        ("/files/<path:name>", "/files/a/b.txt", "/files/{name}"),
        ("/<any(red, 'light:blue'):colour>/x", "/red/x", "/{colour}/x"),
        ("/<string(length=2):lang>/x.<ext>", "/de/x.html", "/{lang}/x.{ext}"),
        ("/items/<name>", "/items/grüße", "/items/{name}"),
        ("/literal/grüße/<a>", "/literal/grüße/1", "/literal/grüße/{a}"),
        ("/slash/<a>/", "/slash/1/", "/slash/{a}/"),
    ],
)
def test_rule(rule: str, path: str, row: str) -> None:
    """The row is the rule's template, whatever converters it has."""
    app = Flask(__name__)
    app.add_url_rule(rule, view_func=hello)
    tracker = measured(app)
    assert ask(app, f"GET {path}") == [200]
    assert rows(tracker) == {f"GET {row}": {"200": 1}}


def test_blueprints() -> None:
    """The prefixes of blueprints are joined, nested ones and ones with parameters."""
    app, outer, inner = Flask(__name__), Blueprint("outer", __name__), Blueprint("inner", __name__)
    inner.add_url_rule("/x/<int:a>", view_func=hello)
    outer.register_blueprint(inner, url_prefix="/inner")
    app.register_blueprint(outer, url_prefix="/outer/<tenant>")
    app.register_blueprint(outer, url_prefix="/again", name="again")
    tracker = measured(app)
    ask(app, "GET /outer/acme/inner/x/1", "GET /outer/other/inner/x/2", "GET /again/inner/x/3")
    assert rows(tracker) == {"GET /outer/{tenant}/inner/x/{a}": {"200": 2}, "GET /again/inner/x/{a}": {"200": 1}}


def test_methods() -> None:
    """HEAD and OPTIONS, which Flask answers by itself, have rows of their own; invented methods are not found."""

    class Items(MethodView):
        def get(self, n: int) -> str:
            return "get"

        def put(self, n: int) -> str:
            return "put"

    app = Flask(__name__)
    app.add_url_rule("/items/<int:n>", view_func=Items.as_view("items"))
    tracker = measured(app)
    ask(app, *(f"{method} /items/1" for method in ("GET", "HEAD", "OPTIONS", "PUT", "BREW", "BAKE")))
    found = {f"{method} /items/{{n}}": {"200": 1} for method in ("GET", "HEAD", "OPTIONS", "PUT")}
    assert rows(tracker) == {**found, "OTHER <unmatched>": {"405": 2}}


def test_nothing_found() -> None:
    """Whatever no rule matches shares one row: 404, 405 and redirects, where Flask tells no rule."""
    app = Flask(__name__)
    app.add_url_rule("/items/", view_func=hello)
    tracker = measured(app)
    ask(app, "GET /nope/1", "GET /nope/2", "DELETE /items/", "GET /items")
    assert rows(tracker) == {"GET <unmatched>": {"404": 2, "308": 1}, "DELETE <unmatched>": {"405": 1}}


def test_static_files() -> None:
    """Flask's own route for static files is a route like others."""
    app = Flask(__name__, static_folder=".", static_url_path="/static")
    tracker = measured(app)
    ask(app, "GET /static/test_flask_labels.py", "GET /static/no.txt")
    assert rows(tracker) == {"GET /static/{filename}": {"200": 1, "404": 1}}


def test_script_name() -> None:
    """Where the server has mounted the app is no part of the row."""
    app = Flask(__name__)
    app.add_url_rule("/x/<a>", view_func=hello)
    tracker = measured(app)
    ask(DispatcherMiddleware(app, {"/api": app}), "GET /x/1", "GET /api/x/2")
    ask(app, "GET /x/3", script_name="/proxy")
    assert rows(tracker) == {"GET /x/{a}": {"200": 3}}


def test_apps_mounted_inside() -> None:
    """The prefix of an app that a dispatcher inside the measurement has chosen is part of the row."""
    app, sub = Flask("app"), Flask("sub")
    app.add_url_rule("/x/<a>", view_func=hello)
    sub.add_url_rule("/x/<b>", view_func=hello)
    inside = DispatcherMiddleware(app.wsgi_app, {"/sub": sub})
    app.wsgi_app = inside  # type: ignore[method-assign] # Flask's documented place for middleware
    tracker = measured(app)
    ask(app, "GET /x/1", "GET /sub/x/2", "GET /sub/nope")
    ask(app, "GET /sub/x/3", script_name="/proxy")
    assert rows(tracker) == {
        "GET /x/{a}": {"200": 1},
        "GET /sub/x/{b}": {"200": 2},
        "GET <unmatched>": {"404": 1},
    }


def test_answers_before_the_view() -> None:
    """A `before_request` that answers keeps the route that was found."""
    app = Flask(__name__)
    app.add_url_rule("/x/<a>", view_func=hello)
    app.before_request(lambda: Response("no", 401))
    tracker = measured(app)
    ask(app, "GET /x/1", "GET /nope")
    assert rows(tracker) == {"GET /x/{a}": {"401": 1}, "GET <unmatched>": {"401": 1}}


def test_host_matching() -> None:
    """With rules by host or subdomain the row is the path's template."""
    app = Flask(__name__, host_matching=True, static_host="localhost")
    app.add_url_rule("/x/<a>", view_func=hello, host="<sub>")
    tracker = measured(app)
    ask(app, "GET /x/1")
    assert rows(tracker) == {"GET /x/{a}": {"200": 1}}
