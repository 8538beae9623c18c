"""Flask: how an app is set up, and where its settings come from."""

from __future__ import annotations

from typing import Any, cast

import pytest
from flask import Flask, Response

from perftrack import AllowAll, PerformanceTracker, SettingError, get_tracker
from perftrack_flask import PerfTrack
from tests.adapters.native_support import ADMIN, BEARER, TOKEN, rows


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token in the environment, and no tracker of another test."""
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)
    monkeypatch.setattr("perftrack.trackers._trackers.by_name", {})


def hello(a: str) -> str:
    """Answer."""
    return a


def get(app: Flask, path: str, **more: Any) -> int:
    """Send a request and read the whole answer. Give its status."""
    with app.test_client() as client, client.open(path, **more) as response:
        response.get_data()
        return response.status_code


def shop(name: str = "shop", **config: Any) -> Flask:
    """Make an app."""
    app = Flask(name)
    cast("dict[str, Any]", app.config).update(config)
    app.add_url_rule("/x/<a>", view_func=hello)
    return app


@pytest.mark.parametrize("early", [True, False])
def test_first_line_or_last(early: bool) -> None:
    """It does not matter whether the app is set up before or after its routes and hooks."""
    app, perf = Flask("app"), PerfTrack(tracker=PerformanceTracker())
    if early:
        perf.init_app(app)
    app.add_url_rule("/x/<a>", view_func=hello)
    app.after_request(_unchanged)
    if not early:
        perf.init_app(app)
    assert get(app, "/x/1") == 200
    assert rows(app.extensions["perftrack"]) == {"GET /x/{a}": {"200": 1}}


def _unchanged(response: Response) -> Response:
    return response


def test_factory() -> None:
    """One extension serves every app that a factory makes; each has the settings of its own config."""
    perf = PerfTrack()
    first, second = shop("first"), shop("second")
    perf.init_app(first)
    perf.init_app(second)
    for app in (first, second):
        get(app, "/x/1")
        assert app.extensions["perftrack"] is get_tracker()
    assert rows(get_tracker()) == {"GET /x/{a}": {"200": 2}}


def test_several_apps() -> None:
    """Apps with trackers of their own do not mix."""
    trackers = {name: PerformanceTracker() for name in ("a", "b")}
    apps = [shop(name) for name in trackers]
    for app in apps:
        PerfTrack(app, tracker=trackers[app.name])
    apps[0].test_client().get("/x/1")
    assert (rows(trackers["a"]), rows(trackers["b"])) == ({"GET /x/{a}": {"200": 1}}, {})


def test_twice() -> None:
    """An app that is set up twice would count everything twice; it says so instead."""
    app, perf = shop(), PerfTrack()
    perf.init_app(app)
    with pytest.raises(SettingError, match="already set up for the app 'shop'"):
        perf.init_app(app)


def test_after_the_start() -> None:
    """An app that has served requests can still be set up: WSGI apps have no start."""
    app = shop()
    get(app, "/x/1")
    PerfTrack(app)
    get(app, "/x/1")
    assert rows(get_tracker()) == {"GET /x/{a}": {"200": 1}}


def test_config() -> None:
    """Settings come from `PERFTRACK_…` in the config; keywords go before."""
    app = shop(PERFTRACK_SLOW_QUERY_THRESHOLD=0.25, PERFTRACK_APDEX_THRESHOLD=0.1, PERFTRACK_SKIP=("/x/1",))
    PerfTrack(app, apdex_threshold=0.2)
    settings = app.extensions["perftrack"].settings
    assert (settings.slow_query_threshold, settings.apdex_threshold, settings.skip) == (0.25, 0.2, ("/x/1",))


def test_config_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The config is nearer than the environment."""
    monkeypatch.setenv("PERFTRACK_SLOW_QUERY_THRESHOLD", "3")
    monkeypatch.setenv("PERFTRACK_APDEX_THRESHOLD", "3")
    app = shop(PERFTRACK_SLOW_QUERY_THRESHOLD=0.25)
    PerfTrack(app)
    settings = app.extensions["perftrack"].settings
    assert (settings.slow_query_threshold, settings.apdex_threshold) == (0.25, 3)


@pytest.mark.parametrize(
    ("config", "arguments", "message"),
    [
        ({"PERFTRACK_SLOW_QUERY_THRESHOLD": "fast"}, {}, "slow_query_threshold is 'fast'; it must be a number"),
        ({"PERFTRACK_ADMIN_PREFIX": "perf"}, {}, "admin_prefix is 'perf'; it must be a path"),
        ({"PERFTRACK_ADMIN_TOKEN": "short"}, {}, "5 characters are too few"),
        ({}, {"slow_threshold": 1}, "unknown setting 'slow_threshold'"),
        ({}, {"tracker": PerformanceTracker(), "errors": "server"}, "give errors to the tracker"),
    ],
)
def test_wrong_settings(config: dict[str, Any], arguments: dict[str, Any], message: str) -> None:
    """A setting that is not allowed is refused when the app is made, in one line, and the app stays as it was."""
    app = shop(**config)
    before = app.wsgi_app
    with pytest.raises(SettingError, match=message):
        PerfTrack(app, **arguments)
    assert app.wsgi_app == before
    assert "perftrack" not in app.extensions


def test_tracker_of_the_users_own_ignores_the_config() -> None:
    """A tracker that is given has its own settings; those of the config are for the ones made here."""
    app, tracker = shop(PERFTRACK_SLOW_QUERY_THRESHOLD=0.25), PerformanceTracker()
    PerfTrack(app, tracker=tracker)
    assert tracker.slow_query_threshold == 1.0


def test_admin_pages() -> None:
    """One line gives the admin pages: closed, or for who has the token of the config, or as `access` says."""
    closed, with_token, open_to_all = shop("closed"), shop("token", PERFTRACK_ADMIN_TOKEN=TOKEN), shop("open")
    PerfTrack(closed)
    PerfTrack(with_token)
    PerfTrack(open_to_all, access=AllowAll(), admin_prefix="/perf")
    assert get(closed, f"{ADMIN}/stats") == 403
    assert get(with_token, f"{ADMIN}/stats") == 401
    assert get(with_token, f"{ADMIN}/stats", headers=BEARER) == 200
    assert get(open_to_all, "/perf/stats") == 200
    assert get(open_to_all, f"{ADMIN}/stats") == 404
    assert rows(get_tracker()) == {"GET <unmatched>": {"404": 1}}


def test_admin_pages_below_a_script_name() -> None:
    """The admin pages follow the app to where it is mounted."""
    app = shop()
    PerfTrack(app, access=AllowAll())
    assert get(app, f"{ADMIN}/stats", base_url="http://localhost/proxy") == 200


def test_reset() -> None:
    """A POST must come from the same origin, whatever the access."""
    app = shop()
    PerfTrack(app, access=AllowAll())
    get(app, "/x/1")
    assert get(app, f"{ADMIN}/reset", method="POST", headers={"Origin": "http://elsewhere"}) == 403
    assert get(app, f"{ADMIN}/reset", method="POST", headers={"Origin": "http://localhost"}) == 200
    assert rows(get_tracker()) == {}
