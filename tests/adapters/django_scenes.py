"""What happens in Django, scene by scene: its settings hold for a whole process, so each scene has one to itself.

A scene returns what can be written as JSON. `Stage` plays scenes: an interpreter that has imported Django, but not set
it up, has a child for each of them.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server
from wsgiref.util import setup_testing_defaults

from django.urls import include, path
from werkzeug.test import Client, run_wsgi_app

from perftrack import AllowAll, PerformanceTracker, SettingError
from tests.adapters import django_site
from tests.adapters.asgi_support import DISCONNECT, REQUEST, ApplicationCommunicator, http_scope
from tests.adapters.django_site import FIRST, admin_pages, configure, views
from tests.adapters.native_support import ADMIN, BEARER, TOKEN, asked, outcomes, python, rows

ROUTES = (
    "GET /",
    "GET /items/1/",
    "GET /items/2/",
    "HEAD /items/3/",
    "GET /async/1/",
    "GET /files/a/b.txt",
    "GET /old/2020/a-b/",
    "GET /unnamed/7/",
    "GET /unnamed/7/page-2/",
    "GET /api/2/deep/x/",
    "GET /api/3/year/2020/",
    "GET /again/deep/x/",
    "GET /missing/1/",
    "GET /nope",
    "GET /items/no-number/",
    "BREW /",
    f"GET {ADMIN}/stats",
    "GET /health",
)


class Stage:
    """Where scenes are played."""

    def __init__(self) -> None:
        self._process = python("from tests.adapters import django_scenes; django_scenes.play()")

    def __call__(self, scene: Callable[[], object], **environ: str) -> Any:
        """Play *scene*. Give its result."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([scene.__name__, environ]), file=self._process.stdin, flush=True)
        result, error = json.loads(self._process.stdout.readline())
        assert not error, error
        return result

    def close(self) -> None:
        """End the interpreter."""
        self._process.communicate()


def play() -> None:
    """Play the scenes that stdin names, each in a child."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            name, environ = json.loads(line)
            os.environ.update(environ)
            os.write(1, f"{json.dumps(_result(name))}\n".encode())
            os._exit(0)
        os.waitpid(child, 0)


def _result(name: str) -> tuple[object, str]:
    """Play a scene. Give its result and its error."""
    stdout, sys.stdout = sys.stdout, io.StringIO()
    try:
        return globals()[name](), ""
    except BaseException:
        return None, traceback.format_exc()
    finally:
        sys.stdout = stdout


def wsgi() -> Any:
    """Make the WSGI application."""
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def asgi() -> Any:
    """Make the ASGI application."""
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


def ask(app: Any, *requests: str, **more: Any) -> list[int]:
    """Send `METHOD /path` after `METHOD /path` to a WSGI app. Give the statuses."""
    statuses = list[int]()
    for request in requests:
        method, target = request.split(" ", 1)
        with Client(app).open(target, method=method, **more) as response:
            response.get_data()
            statuses.append(response.status_code)
    return statuses


# -- rows ---------------------------------------------------------------------------------------------------------


def routes_of_wsgi() -> object:
    """The rows of all routes under WSGI."""
    tracker = configure()
    ask(wsgi(), *ROUTES)
    return rows(tracker)


def routes_of_asgi() -> object:
    """The rows of all routes under ASGI."""
    tracker = configure()
    asked(asgi(), *ROUTES)
    return rows(tracker)


def routes_of_the_test_client() -> object:
    """The rows of all routes under Django's test client, which goes past the handlers."""
    from django.test import Client as DjangoClient

    tracker = configure()
    for request in ROUTES:
        method, target = request.split(" ", 1)
        DjangoClient().generic(method, target)
    return rows(tracker)


def routes_of_the_async_test_client() -> object:
    """The rows of all routes under Django's asynchronous test client."""
    from django.test import AsyncClient

    async def main() -> None:
        for request in ROUTES:
            method, target = request.split(" ", 1)
            await AsyncClient().generic(method, target)

    tracker = configure()
    asyncio.run(main())
    return rows(tracker)


def mounted() -> object:
    """The project below a script name, and below a root path."""
    tracker = configure()
    statuses = ask(wsgi(), "GET /items/1/", f"GET {ADMIN}/stats", base_url="http://localhost/proxy/")
    answers = asked(asgi(), "GET /proxy/items/1/", f"GET /proxy{ADMIN}/stats", root_path="/proxy")
    return [statuses, [answer.status_code for answer in answers], rows(tracker)]


def forced() -> object:
    """The project below FORCE_SCRIPT_NAME: under ASGI, and under WSGI, where the server has taken it off the path."""
    tracker = configure(FORCE_SCRIPT_NAME="/outer")
    answers = asked(asgi(), "GET /outer/items/1/", f"GET /outer{ADMIN}/stats", "GET /outer/health")
    statuses = ask(wsgi(), "GET /items/1/", f"GET {ADMIN}/stats")
    return [[answer.status_code for answer in answers], statuses, rows(tracker)]


def elsewhere() -> object:
    """The admin pages at another place than the setting says."""
    tracker = configure(ROOT_URLCONF=(*views, path("ops/perf/", include("perftrack_django.urls"))))
    with Client(wsgi()).get("/ops/perf/") as page:
        kind = page.content_type
    paths = ("stats", "nothing", "assets/page.css", "stats%0a")
    requests = ("PUT /ops/perf/stats", *(f"GET /ops/perf/{name}" for name in paths))
    return [kind, ask(wsgi(), *requests), rows(tracker)]


def admin_counted() -> object:
    """The admin pages, counted."""
    tracker = PerformanceTracker(track_admin=True)
    configure(PERFTRACK={"tracker": tracker, "access": AllowAll()})
    ask(wsgi(), f"GET {ADMIN}/stats", f"GET {ADMIN}/nothing")
    return rows(tracker)


def not_first() -> object:
    """The middleware is the second, and the first answers some requests."""
    tracker = configure(MIDDLEWARE=["tests.adapters.django_site.Refusing", FIRST])
    ask(wsgi(), "GET /items/1/", "GET /refused")
    return rows(tracker)


def middleware_after() -> object:
    """A later middleware answers before the routes are looked up."""
    tracker = configure(MIDDLEWARE=[FIRST, "tests.adapters.django_site.Refusing"])
    ask(wsgi(), "GET /items/1/", "GET /refused")
    return rows(tracker)


# -- outcomes and times ---------------------------------------------------------------------------------------------


def outcomes_of_wsgi() -> object:
    """Errors, a file and a stream under WSGI."""
    tracker = configure()
    ask(wsgi(), "GET /error", "GET /stream", "GET /file")
    with suppress(RuntimeError):
        ask(wsgi(), "GET /broken")
    return told(tracker, "error", "stream", "file", "broken")


def outcomes_of_asgi() -> object:
    """Errors, a file and a stream under ASGI."""
    tracker = configure()
    asked(asgi(), "GET /error", "GET /async-stream", "GET /file", "GET /broken")
    return told(tracker, "error", "async-stream", "file", "broken")


def told(tracker: PerformanceTracker, *names: str) -> object:
    """Give outcomes, and the longest duration and wait for the first byte."""
    stats = tracker.stats()
    return [
        [outcomes(tracker, f"GET /{name}") for name in names],
        stats["duration"]["max"],
        stats["first_byte"]["max"],
    ]


def exceptions_let_out() -> object:
    """Exceptions that Django lets out to the server."""
    tracker = configure(DEBUG_PROPAGATE_EXCEPTIONS=True)
    with suppress(RuntimeError):
        ask(wsgi(), "GET /error")
    return [rows(tracker), outcomes(tracker, "GET /error")]


def left_in_the_middle() -> object:
    """A server that closes the body after its first piece."""
    tracker = configure()
    environ: dict[str, Any] = {"PATH_INFO": "/stream"}
    setup_testing_defaults(environ)
    body = run_wsgi_app(wsgi(), environ, buffered=False)[0]
    with closing(body):  # type: ignore[type-var] # werkzeug's iterator has a close
        next(iter(body))
    return outcomes(tracker, "GET /stream")


def left_while_waiting() -> object:
    """A client that leaves before an asynchronous view has answered."""

    async def main() -> None:
        communicator = ApplicationCommunicator(asgi(), http_scope(path="/forever"))
        await communicator.send_input(REQUEST)
        await communicator.send_input(DISCONNECT)
        await communicator.wait()

    tracker = configure()
    asyncio.run(main())
    return outcomes(tracker, "GET /forever")


def cancelled() -> object:
    """A server that cancels a request."""

    async def main() -> None:
        async def receive() -> Any:
            if not task.done() and not asked_for:
                asked_for.append(True)
                return REQUEST
            return await asyncio.Event().wait()

        async def send(message: Any) -> None:
            raise AssertionError

        asked_for: list[bool] = []
        task = asyncio.create_task(asgi()(http_scope(path="/forever"), receive, send))
        while not django_site.threads:
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    tracker = configure()
    warnings.simplefilter("ignore", ResourceWarning)  # Django leaves the request's body to the garbage collector
    asyncio.run(main())
    return [rows(tracker), outcomes(tracker, "GET /forever")]


# -- threads --------------------------------------------------------------------------------------------------------


def coroutines() -> object:
    """What the middleware is before a coroutine function, and before a plain one."""
    from asgiref.sync import iscoroutinefunction

    from perftrack_django import PerformanceMiddleware

    async def asynchronous(request: Any) -> Any: ...

    def synchronous(request: Any) -> Any: ...

    configure()
    return [iscoroutinefunction(PerformanceMiddleware(each)) for each in (asynchronous, synchronous)]


def same_thread() -> object:
    """Whether views run in the thread of their server: a sync one under WSGI, an async one under ASGI."""
    configure()
    ask(wsgi(), "GET /items/1/")
    asked(asgi(), "GET /async/1/")
    return [each == threading.get_ident() for each in django_site.threads]


# -- access ---------------------------------------------------------------------------------------------------------

WITH_STAFF: dict[str, Any] = {
    "INSTALLED_APPS": ["perftrack_django", "django.contrib.auth", "django.contrib.contenttypes"],
    "MIDDLEWARE": [
        FIRST,
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
    "PERFTRACK": {},
}


def staff() -> object:
    """Who gets in where Django's own sign-in is the configuration, also with a token in the environment."""
    from django.core.management import call_command
    from django.test import Client as DjangoClient

    configure(**WITH_STAFF)
    call_command("migrate", verbosity=0)
    found: dict[str, int] = {}
    for name, rights in {
        "staff": {"is_staff": True},
        "user": {},
        "former": {"is_staff": True, "is_active": False},
    }.items():
        client = DjangoClient()
        client.force_login(_user(name, **rights))
        found[name] = client.get(f"{ADMIN}/stats").status_code
    found["nobody"] = DjangoClient().get(f"{ADMIN}/stats").status_code
    found["token"] = DjangoClient().get(f"{ADMIN}/stats", headers=BEARER).status_code
    return found


def _user(name: str, **rights: bool) -> Any:
    from django.contrib.auth import get_user_model

    model: Any = get_user_model()
    return model.objects.create(username=name, **rights)


def reset() -> object:
    """POST /reset by staff with Django's protection against forgery on: only the core's own rule holds."""
    from django.core.management import call_command
    from django.test import Client as DjangoClient

    configure(**WITH_STAFF)
    call_command("migrate", verbosity=0)
    client = DjangoClient(enforce_csrf_checks=True)
    client.force_login(_user("staff", is_staff=True))
    origins = ("http://elsewhere", "http://testserver")
    answers = [client.post(f"{ADMIN}/reset", HTTP_HOST="testserver", HTTP_ORIGIN=origin) for origin in origins]
    return [answer.status_code for answer in answers]


FOLDER_OF_A_CACHE = "PERFTRACK_TEST_FOLDER"
LOCAL = "django.core.cache.backends.locmem.LocMemCache"
FILES = "django.core.cache.backends.filebased.FileBasedCache"


def cache_lookups() -> object:
    """Lookups of three caches, two of them watched, and what the app saw of them."""
    from django.core.cache import cache, caches

    tracker = PerformanceTracker()
    folder = os.environ[FOLDER_OF_A_CACHE]
    names = {"default": LOCAL, "files": FILES, "other": LOCAL}
    configured = {alias: {"BACKEND": backend, "LOCATION": f"{folder}/{alias}"} for alias, backend in names.items()}
    configure(CACHES=configured, PERFTRACK={"tracker": tracker, "caches": ["default", "files"]})
    early = caches["default"]
    wsgi()
    caches["other"].get("a")
    caches["files"].set("a", None)
    seen: list[Any] = [caches["files"].get("a", 1), caches["files"].get("b", 2)]
    cache.set_many({"a": 1, "b": 2})
    seen += [cache.get("a"), cache.get("c"), cache.get("c", 3), cache.get(key="b", default=4, version=1), "a" in cache]
    seen += [cache.get_many(key for key in "abc"), cache.get_or_set("d", 5), asyncio.run(cache.aget("a"))]
    seen += [type(cache.get).__name__, early.__class__.__qualname__, isinstance(early, caches["other"].__class__)]
    finish = threading.Thread(target=lambda: caches["default"].get("a"))
    finish.start()
    finish.join()
    found = tracker.cache_stats()["caches"]
    counted = {name: [row["hits"], row["misses"]] for name, row in found.items()}
    return [seen, counted, tracker.stats()["warnings"]]


def closed() -> object:
    """The admin pages with nothing configured and no sign-in."""
    configure(PERFTRACK={})
    return ask(wsgi(), f"GET {ADMIN}/stats", f"GET {ADMIN}/nothing", f"POST {ADMIN}/reset")


# -- settings and checks ---------------------------------------------------------------------------------------------


def settings() -> object:
    """Settings of the dictionary, the default tracker, and what is wrong."""
    from perftrack import get_tracker

    configure(PERFTRACK={"slow_query_threshold": 0.25, "access": AllowAll(), "skip": ("/items/1/",)})
    ask(wsgi(), "GET /items/1/", "GET /items/2/")
    return [get_tracker().slow_query_threshold, rows(get_tracker())]


def query_strings() -> object:
    """The slow log with `record_query_strings`, under WSGI, under ASGI and under the test client."""
    from django.test import Client as DjangoClient

    tracker = PerformanceTracker(slow_query_threshold=1e-9, record_query_strings=True)
    configure(PERFTRACK={"tracker": tracker, "access": AllowAll()})
    ask(wsgi(), "GET /items/1/?q=wsgi%20")
    asked(asgi(), "GET /items/2/?q=asgi%20")
    DjangoClient().get("/items/3/?q=client%20")
    return [sorted(entry["path"] for entry in tracker.slow_queries()), rows(tracker)]


def _refusal(**changes: Any) -> object:
    from django.core.checks import run_checks

    configure(**changes)
    try:
        wsgi()
    except SettingError as error:
        return [str(error), [f"{each.id}: {each.msg}" for each in run_checks()]]
    return None


def wrong_value() -> object:
    """A value that is not allowed."""
    return _refusal(PERFTRACK={"slow_query_threshold": "fast"})


def wrong_name() -> object:
    """A setting that does not exist."""
    return _refusal(PERFTRACK={"slow_threshold": 1})


def wrong_kind() -> object:
    """No dictionary."""
    return _refusal(PERFTRACK=["slow_query_threshold"])


def wrong_access() -> object:
    """A token that is too short."""
    return _refusal(PERFTRACK={"access": "short"})


def wrong_cache() -> object:
    """A cache that the project does not have."""
    return _refusal(PERFTRACK={"caches": ["users"]})


def wrong_mixture() -> object:
    """A tracker and settings."""
    return _refusal(PERFTRACK={"tracker": PerformanceTracker(), "errors": "server"})


def _checked(**changes: Any) -> list[str]:
    from django.core.checks import run_checks

    configure(**changes)
    return [str(each.id) for each in run_checks()]


def check_good() -> object:
    """A project as the documentation says."""
    return _checked()


def check_nothing() -> object:
    """An app in INSTALLED_APPS and nothing else."""
    return _checked(MIDDLEWARE=[], ROOT_URLCONF=tuple(views), PERFTRACK={})


def check_not_first() -> object:
    """A middleware before ours."""
    return _checked(MIDDLEWARE=["tests.adapters.django_site.Refusing", FIRST])


def check_other_name() -> object:
    """The middleware by the name of its module."""
    return _checked(MIDDLEWARE=["perftrack_django.middleware.PerformanceMiddleware"])


def check_hidden() -> object:
    """A pattern before ours that answers everything below its prefix."""
    return _checked(ROOT_URLCONF=(path("admin/<path:rest>", django_site.hello), admin_pages))


def check_command() -> object:
    """`manage.py check`."""
    from django.core.management import call_command

    configure()
    output = io.StringIO()
    call_command("check", stdout=output)
    return output.getvalue().strip()


# -- the command ------------------------------------------------------------------------------------------------------


def command() -> object:
    """`manage.py perftrack` against a live server, with its token, with none, and with no server."""
    from django.core.management import CommandError, call_command

    configure(PERFTRACK={"access": TOKEN})
    server = make_server("127.0.0.1", 0, wsgi(), server_class=WSGIServer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    ask(wsgi(), "GET /items/1/")
    address = f"http://127.0.0.1:{server.server_port}"
    outputs = [io.StringIO(), io.StringIO()]
    errors: list[str] = []
    try:
        with suppressed(CommandError, errors):
            call_command("perftrack", address, stdout=outputs[0])
        _set_token()
        call_command("perftrack", address + "/", stdout=outputs[0])
        call_command("perftrack", address, stdout=outputs[1], force_color=True)
    finally:
        server.shutdown()
        server.server_close()
    for wrong in (address, "ftp://127.0.0.1"):
        with suppressed(CommandError, errors):
            call_command("perftrack", wrong)
    return [*(output.getvalue() for output in outputs), [each.replace(address, "ADDRESS") for each in errors]]


def _set_token() -> None:
    os.environ["PERFTRACK_ADMIN_TOKEN"] = TOKEN


class suppressed(suppress):  # noqa: N801 - used as `suppress` is
    """Suppress an error and keep its text."""

    def __init__(self, kind: type[Exception], texts: list[str]) -> None:
        super().__init__(kind)
        self._texts = texts

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        """Keep the text."""
        if error is not None:
            self._texts.append(str(error))
        return bool(super().__exit__(kind, error, traceback))


# -- failures ---------------------------------------------------------------------------------------------------------


def broken_urls() -> object:
    """URLs that cannot be imported."""
    tracker = configure(ROOT_URLCONF="no.such.module")
    errors: list[str] = []
    with suppressed(ModuleNotFoundError, errors):
        ask(wsgi(), "GET /")
    return [errors, tracker.stats()["warnings"]]


def broken_tracker() -> object:
    """A tracker whose clock fails, under a server and under the test client."""
    from django.test import Client as DjangoClient

    def fail() -> float:
        raise RuntimeError("inside")

    tracker = configure()
    tracker.clock = fail
    return [ask(wsgi(), "GET /items/1/"), DjangoClient().get("/items/1/").status_code, len(tracker.stats()["warnings"])]
