"""Signing in through every adapter, and the native ways in: coroutines, flask-login, Django's users."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from perftrack import AdminRequest, Decision, PerformanceTracker, Tokens
from perftrack.admin import Access
from tests.adapters.doors import ADMIN, ASGI, OWN_BODY, SAME_ORIGIN, WSGI, Answer, Ask, Door, asgi_door, wsgi_door

ROOT = Path(__file__).resolve().parents[2]
TOKEN, VIEWER = "the-token-for-admins", "the-token-for-viewers"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MakeDoor = Callable[..., Door]


@pytest.fixture(params=[*ASGI, *WSGI])
def make_door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeDoor]:
    """Make a door of each adapter."""
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)
    loop = asyncio.new_event_loop()

    def make(access: Access, scheme: str = "http", mount: str = "") -> Door:
        name: str = request.param
        if name in ASGI:
            return asgi_door(ASGI[name](access, PerformanceTracker()), loop, mount, scheme)
        return wsgi_door(WSGI[name](access, PerformanceTracker()), mount, scheme)

    yield make
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def sign_in(door: Door, body: bytes, kind: str = JSON, **headers: str) -> Answer:
    """POST to the sign-in from our own page."""
    more = tuple(SAME_ORIGIN.items()) + tuple(headers.items())
    return door(Ask("POST", f"{ADMIN}/sign-in", (("content-type", kind), *more), body))


def test_a_browser_signs_in_and_out(make_door: MakeDoor) -> None:
    """The body of a sign-in reaches the core through every adapter, and its cookie comes back."""
    door = make_door(Tokens(TOKEN, VIEWER))
    for body, kind in ((json.dumps({"token": TOKEN}), JSON), (f"token={TOKEN}", FORM)):
        answer = sign_in(door, body.encode(), kind)
        assert answer.status == 200
        cookie = (("cookie", answer.header("set-cookie").partition(";")[0]),)
        assert door(Ask("GET", f"{ADMIN}/stats", cookie)).status == 200
        assert door(Ask("POST", f"{ADMIN}/reset", cookie + tuple(SAME_ORIGIN.items()))).status == 200
        assert door(Ask("POST", f"{ADMIN}/reset", cookie)).status == 403
    gone = door(Ask("POST", f"{ADMIN}/sign-out", tuple(SAME_ORIGIN.items())))
    values = [value for name, value in gone.headers if name.lower() == "set-cookie"]
    assert [("Max-Age=0" in value, "HttpOnly" in value, "SameSite=Strict" in value) for value in values] == [
        (True,) * 3
    ] * 2


def test_a_wrong_or_large_body_is_refused(make_door: MakeDoor) -> None:
    """Adapters read no more than the core wants, and the core says what was wrong."""
    door = make_door(Tokens(TOKEN))
    statuses = [sign_in(door, body).status for body in (b'{"token": "wrong"}', b"x" * 4097, b"x" * 1_000_000, b"")]
    assert statuses == [401, 413, 413, 400]


def test_the_cookie_is_secure_on_https(make_door: MakeDoor) -> None:
    """Each adapter tells the scheme, and a browser's Origin tells it behind a proxy."""
    body = json.dumps({"token": TOKEN}).encode()
    assert "; Secure" in sign_in(make_door(Tokens(TOKEN), scheme="https"), body).header("set-cookie")
    door = make_door(Tokens(TOKEN))
    assert "; Secure" in sign_in(door, body, origin="https://testserver").header("set-cookie")
    assert "; Secure" not in sign_in(door, body).header("set-cookie")


def test_a_browser_gets_the_page(make_door: MakeDoor) -> None:
    """Where a program gets a problem, a browser gets the form."""
    door = make_door(Tokens(TOKEN))
    answer = door(Ask("GET", f"{ADMIN}/", (("accept", "text/html"),)))
    assert (answer.status, b'action="sign-in"' in answer.body) == (401, True)
    assert door(Ask("GET", f"{ADMIN}/assets/sign-in.js")).header("content-type").startswith("text/javascript")


def test_a_coroutine_decides_where_it_can_be_awaited(make_door: MakeDoor, request: pytest.FixtureRequest) -> None:
    """ASGI, FastAPI and Starlette wait for an async callable; WSGI cannot, and stays closed."""

    async def rule(asked: AdminRequest) -> Decision:
        await asyncio.sleep(0)
        return Decision.VIEWER if "x-user" in asked.headers else Decision.UNAUTHENTICATED

    door = make_door(rule)
    user = (("x-user", "ada"), *SAME_ORIGIN.items())
    statuses = [
        door(Ask(method, ADMIN + path, headers)).status
        for method, path, headers in (("GET", "/stats", ()), ("GET", "/stats", user), ("POST", "/reset", user))
    ]
    is_asgi = any(f"[{name}]" in request.node.name for name in ASGI)
    assert statuses == ([401, 200, 403] if is_asgi else [403, 403, 403])


def flask_app(**options: Any) -> Any:
    """Make a Flask app with flask-login, two users, and the admin pages inside its sign-in."""
    flask = pytest.importorskip("flask")
    flask_login: Any = pytest.importorskip("flask_login")
    from perftrack_flask import PerfTrack

    class User(flask_login.UserMixin):  # type: ignore[misc] # flask-login has no types
        def __init__(self, name: str) -> None:
            self.id = name

    app = flask.Flask("login")
    app.secret_key = "of the tests"
    manager = flask_login.LoginManager(app)
    manager.user_loader(User)

    def enter(name: str) -> str:
        flask_login.login_user(User(name))
        return "hello"

    app.add_url_rule("/enter/<name>", "enter", enter)
    PerfTrack(app, tracker=PerformanceTracker(), decorators=[flask_login.login_required], **options)
    return app


def test_flask_login_decides() -> None:
    """Whoever has not signed in to the app is stopped by its own decorator, before any of our paths."""
    client = flask_app().test_client()
    paths = ("/stats", "/", "/reset", "/nothing", "/assets/page.css", "")
    assert {client.get(ADMIN + path).status_code for path in paths} == {401}
    client.get("/enter/ada")
    assert [client.get(ADMIN + path).status_code for path in paths] == [200, 200, 405, 404, 200, 308]
    assert client.post(f"{ADMIN}/reset").status_code == 403
    assert client.post(f"{ADMIN}/reset", headers={"Origin": "http://localhost"}).status_code == 200


def test_flask_login_and_access() -> None:
    """An access callable is asked inside the app, so it knows the current user and can make a viewer of them."""
    from flask_login import current_user  # type: ignore[import-untyped] # flask-login has no types

    def role(request: AdminRequest) -> Decision:
        return Decision.ADMITTED if current_user.id == "ada" else Decision.VIEWER

    for name, reset in (("ada", 200), ("bob", 403)):
        client = flask_app(access=role).test_client()
        client.get(f"/enter/{name}")
        assert client.get(f"{ADMIN}/stats").status_code == 200
        assert client.post(f"{ADMIN}/reset", headers={"Origin": "http://localhost"}).status_code == reset


def test_flask_blueprint_without_decorators_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list of decorators opens nothing; the token of the app's config does."""
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)
    assert wsgi_door(WSGI["flask blueprint"](None, PerformanceTracker()))(Ask("GET", f"{ADMIN}/stats")).status == 403
    monkeypatch.setenv("PERFTRACK_ADMIN_TOKEN", TOKEN)
    assert wsgi_door(WSGI["flask blueprint"](None, PerformanceTracker()))(Ask("GET", f"{ADMIN}/stats")).status == 401


def test_flask_config_takes_several_tokens() -> None:
    """The app's config has tokens as the variable has them."""
    from flask import Flask

    from perftrack_flask import PerfTrack

    app = Flask("config")
    app.config["PERFTRACK_ADMIN_TOKEN"] = f"{TOKEN},{VIEWER}"
    PerfTrack(app, tracker=PerformanceTracker())
    door = wsgi_door(app)
    asks = [Ask("GET", f"{ADMIN}/stats", (("authorization", f"Bearer {token}"),)) for token in (TOKEN, VIEWER, "x")]
    assert [door(ask).status for ask in asks] == [200, 200, 401]


def test_the_blueprint_leaves_the_app_alone() -> None:
    """The app's own pages are what they were, and are counted by their rules."""
    tracker = PerformanceTracker()
    door = wsgi_door(WSGI["flask blueprint"](None, tracker))
    assert door(Ask("GET", "/projects/7")).body == OWN_BODY
    door(Ask("GET", f"{ADMIN}/stats"))
    assert list(tracker.stats()["endpoint_stats"]) == ["GET /projects/{name}"]


DJANGO = """
import json, sys, warnings
import django
from django.conf import settings
from django.urls import include, path

urls = type("Urls", (), {})()
urls.urlpatterns = [path("admin/performance/", include("perftrack_django.urls"))]
settings.configure(
    SECRET_KEY="of the tests", ALLOWED_HOSTS=["*"], ROOT_URLCONF=urls, PERFTRACK={}, USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", LOGGING_CONFIG=None,
    INSTALLED_APPS=[f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions")] + ["perftrack_django"],
    MIDDLEWARE=[
        "perftrack_django.PerformanceMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
)
django.setup()
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client

call_command("migrate", run_syncdb=True, verbosity=0)
names = sorted(Permission.objects.filter(content_type__app_label="perftrack").values_list("codename", flat=True))
people = {"nobody": None}
for name, staff, permission in (
    ("guest", False, None), ("looker", False, "view"), ("resetter", False, "reset"), ("staff", True, None),
    ("left", True, None),
):
    people[name] = user = User.objects.create_user(name, is_staff=staff, is_active=name != "left")
    if permission:
        user.user_permissions.add(Permission.objects.get(content_type__app_label="perftrack", codename=permission))
people["root"] = User.objects.create_superuser("root")

def ask(name, method, rest, **more):
    client = Client(enforce_csrf_checks=True)
    if people[name]:
        client.force_login(people[name])
    return getattr(client, method)("/admin/performance/" + rest, **more)

def statuses(name):
    same = {"HTTP_SEC_FETCH_SITE": "same-origin"}
    return [ask(name, "get", "stats").status_code, ask(name, "post", "reset", **same).status_code,
            ask(name, "post", "reset").status_code, ask(name, "get", "nothing").status_code]

found = {name: statuses(name) for name in people}
signed = ask("nobody", "post", "sign-in", data={"token": sys.argv[1]}, content_type="application/json",
             HTTP_SEC_FETCH_SITE="same-origin")
cookies = {name: [morsel["httponly"], morsel["samesite"]] for name, morsel in signed.cookies.items()}
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
json.dump([names, found, [signed.status_code, cookies]], sys.stdout)
"""


def run_django(**environ: str) -> Any:
    """Run the project of Django above, and give what it found."""
    pytest.importorskip("django")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PERFTRACK_")}
    paths = os.pathsep.join([str(ROOT), str(ROOT / "adapters"), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DJANGO, TOKEN],
        capture_output=True,
        check=False,
        timeout=120,
        env={**clean, "PYTHONPATH": paths, **environ},
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_django_users_and_permissions() -> None:
    """Staff and `perftrack.reset` have every right, `perftrack.view` looks, everybody else is 403."""
    names, found, (signed, _) = run_django()
    assert names == ["reset", "view"]
    closed, everything = [403, 403, 403, 403], [200, 200, 403, 404]
    assert found == {
        "nobody": closed,
        "guest": closed,
        "left": closed,
        "looker": [200, 403, 403, 404],
        "resetter": everything,
        "staff": everything,
        "root": everything,
    }
    assert signed == 403


def test_django_with_a_token_beside() -> None:
    """With a token configured too, whoever is nobody to Django is asked for it, and a browser can sign in with it."""
    _, found, (signed, cookies) = run_django(PERFTRACK_ADMIN_TOKEN=TOKEN)
    assert (found["nobody"], found["staff"]) == ([401] * 4, [200, 200, 403, 404])
    assert found["looker"] == [200, 403, 403, 404]
    assert signed == 200
    assert list(cookies.values()) == [[True, "Strict"]]
