"""Django: rows, outcomes, threads, access, settings, checks and the command, each scene in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest

from tests.adapters import django_scenes as scenes
from tests.adapters.django_scenes import Stage
from tests.adapters.native_support import ADMIN, TOKEN


@pytest.fixture(scope="module")
def played() -> Iterator[Stage]:
    """Where scenes are played."""
    stage = Stage()
    yield stage
    stage.close()


FOUND = {
    "GET /": {"200": 1},
    "GET /items/{pk}/": {"200": 2},
    "HEAD /items/{pk}/": {"200": 1},
    "GET /async/{pk}/": {"200": 1},
    "GET /files/{name}": {"200": 1},
    "GET /old/{year}/{slug}/": {"200": 1},
    "GET /api/{version}/deep/{name}/": {"200": 1},
    "GET /api/{version}/year/{year}/": {"200": 1},
    "GET /again/deep/{name}/": {"200": 1},
    "GET /missing/{n}/": {"404": 1},
    "GET <unmatched>": {"404": 2},
    "OTHER /": {"200": 1},
}


@pytest.mark.parametrize(
    "scene",
    [
        scenes.routes_of_wsgi,
        scenes.routes_of_asgi,
        scenes.routes_of_the_test_client,
        scenes.routes_of_the_async_test_client,
    ],
)
def test_rows(played: Stage, scene: Callable[[], object]) -> None:
    """The row is the URL pattern, with the prefixes of includes, the same on every way into Django."""
    found = played(scene)
    unnamed = {name: found.pop(name) for name in list(found) if "unnamed" in name}
    assert found == FOUND
    assert list(unnamed.values()) == [{"200": 2}]
    assert next(iter(unnamed)).startswith("GET /unnamed/{var}/")


def test_script_name(played: Stage) -> None:
    """Where the server has mounted the project is no part of the row, and the admin pages follow."""
    assert played(scenes.mounted) == [[200, 200], [200, 200], {"GET /items/{pk}/": {"200": 2}}]


def test_forced_script_name(played: Stage) -> None:
    """FORCE_SCRIPT_NAME is as good a mount point as the server's, whether or not the path still has it."""
    assert played(scenes.forced) == [[200, 200, 404], [200, 200], {"GET /items/{pk}/": {"200": 2}}]


def test_admin_pages_elsewhere(played: Stage) -> None:
    """The admin pages are where the URLs are included, whatever the setting says; they are not counted."""
    kind, statuses, counted = played(scenes.elsewhere)
    assert kind == "text/html; charset=utf-8"
    assert statuses == [405, 200, 404, 200, 404]
    assert counted == {}


def test_admin_counted(played: Stage) -> None:
    """With `track_admin` the pages are counted, by names that nobody can invent."""
    assert played(scenes.admin_counted) == {f"GET {ADMIN}/stats": {"200": 1}, "GET <unmatched>": {"404": 1}}


@pytest.mark.parametrize("scene", [scenes.not_first, scenes.middleware_after])
def test_place_in_the_middleware(played: Stage, scene: Callable[[], object]) -> None:
    """Wherever the middleware stands, all requests are counted, also those that another one answers."""
    assert played(scene) == {"GET /items/{pk}/": {"200": 1}, "GET <unmatched>": {"418": 1}}


@pytest.mark.parametrize("scene", [scenes.outcomes_of_wsgi, scenes.outcomes_of_asgi])
def test_outcomes_and_times(played: Stage, scene: Callable[[], object]) -> None:
    """Streamed bodies and files are timed to their last byte; a body that breaks off is an error."""
    found, longest, first_byte = played(scene)
    assert found == [{"server_error": 1}, {"ok": 1}, {"ok": 1}, {"server_error": 1}]
    assert (longest, first_byte) == (3, 1)


def test_exceptions_let_out(played: Stage) -> None:
    """An exception that Django lets out is a 500 of its route."""
    assert played(scenes.exceptions_let_out) == [{"GET /error": {"500": 1}}, {"server_error": 1}]


@pytest.mark.parametrize(
    "scene",
    [
        scenes.left_in_the_middle,
        pytest.param(
            scenes.left_while_waiting,
            marks=pytest.mark.skipif(django.VERSION < (5, 0), reason="hears of the client only since 5.0"),
        ),
    ],
)
def test_client_left(played: Stage, scene: Callable[[], object]) -> None:
    """A client that leaves is no error: in the middle of a stream, and while an asynchronous view is at work."""
    assert played(scene) == {"client_left": 1}


def test_cancelled(played: Stage) -> None:
    """A request that the server cancels is an error of its route."""
    assert played(scenes.cancelled) == [{"GET /forever": {"none": 1}}, {"server_error": 1}]


def test_coroutine_function(played: Stage) -> None:
    """The middleware is a coroutine function exactly where the next one is."""
    assert played(scenes.coroutines) == [True, False]


def test_threads(played: Stage) -> None:
    """No change of threads is forced: views run in the thread of their server."""
    assert played(scenes.same_thread) == [True, True]


def test_cache_lookups(played: Stage, tmp_path: Path) -> None:
    """The lookups of the caches in the setting are counted in every thread, once each, and answered as before."""
    seen, counted, warnings = played(scenes.cache_lookups, PERFTRACK_TEST_FOLDER=str(tmp_path))
    assert seen == [None, 2, 1, None, 3, 2, True, {"a": 1, "b": 2}, 5, 1, "method", "LocMemCache", True]
    assert counted == {"default": [7, 4], "files": [1, 1]}
    assert warnings == []


def test_staff(played: Stage) -> None:
    """By default active staff get in, and nobody else."""
    assert played(scenes.staff) == {"staff": 200, "user": 403, "former": 403, "nobody": 403, "token": 403}


def test_staff_or_token(played: Stage) -> None:
    """With a token in the environment, who has it gets in as well; who has neither is asked for it."""
    assert played(scenes.staff, PERFTRACK_ADMIN_TOKEN=TOKEN) == {
        "staff": 200,
        "user": 401,
        "former": 401,
        "nobody": 401,
        "token": 200,
    }


def test_reset(played: Stage) -> None:
    """POST /reset needs no token of Django's forms: the core's rule of the same origin stands in its place."""
    assert played(scenes.reset) == [403, 200]


def test_closed(played: Stage) -> None:
    """Without a sign-in and with nothing configured, every admin path is closed."""
    assert played(scenes.closed) == [403, 403, 403]


def test_settings(played: Stage) -> None:
    """The dictionary takes every setting by its name."""
    assert played(scenes.settings) == [0.25, {"GET /items/{pk}/": {"200": 1}}]


def test_query_strings(played: Stage) -> None:
    """With `record_query_strings` the slow log has them, on every way into Django, and the row has not."""
    paths = ["/items/1/?q=wsgi%20", "/items/2/?q=asgi%20", "/items/3/?q=client%20"]
    assert played(scenes.query_strings) == [paths, {"GET /items/{pk}/": {"200": 3}}]


@pytest.mark.parametrize(
    ("scene", "message"),
    [
        (scenes.wrong_value, "setting slow_query_threshold is 'fast'; it must be a number of seconds above 0"),
        (scenes.wrong_name, "unknown setting 'slow_threshold'; the settings are"),
        (scenes.wrong_kind, "setting PERFTRACK is ['slow_query_threshold']; it must be a dictionary"),
        (scenes.wrong_access, "admin token: 5 characters are too few"),
        (scenes.wrong_cache, "setting caches has 'users'; it must be a list of aliases in CACHES"),
        (scenes.wrong_mixture, "tracker= has settings of its own: give errors to the tracker"),
    ],
)
def test_wrong_settings(played: Stage, scene: Callable[[], object], message: str) -> None:
    """A setting that is not allowed is refused when the server starts, and named by the system checks."""
    error, checks = played(scene)
    assert error.startswith(message)
    assert checks == [f"perftrack.E001: {error}"]


@pytest.mark.parametrize(
    ("scene", "found"),
    [
        (scenes.check_good, []),
        (scenes.check_nothing, ["W001", "W003", "W004"]),
        (scenes.check_not_first, ["W002"]),
        (scenes.check_other_name, []),
        (scenes.check_hidden, ["W005"]),
    ],
)
def test_checks(played: Stage, scene: Callable[[], object], found: list[str]) -> None:
    """The system checks say what is missing and nothing else."""
    assert played(scene) == [f"perftrack.{number}" for number in found]


def test_check_command(played: Stage) -> None:
    """`manage.py check` has nothing to say about a project as the documentation has it."""
    assert played(scenes.check_command) == "System check identified no issues (0 silenced)."


def test_command(played: Stage) -> None:
    """`manage.py perftrack` prints the table of the running server, or one line that says what to do."""
    plain, coloured, errors = played(scenes.command)
    assert "GET /items/{pk}/" in plain
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    expected: list[Any] = [
        f"ADDRESS{ADMIN}/stats?include=health answers 401; set PERFTRACK_ADMIN_TOKEN as the server has it",
        f"ADDRESS{ADMIN}/stats?include=health cannot be reached",
        "ftp://127.0.0.1",
    ]
    assert [error[: len(start)] for error, start in zip(errors, expected, strict=True)] == expected


def test_urls_that_cannot_be_imported(played: Stage) -> None:
    """A project whose URLs are broken ends as it does without perftrack: Django lets the error out."""
    warnings = ["perftrack failed 1 times; the log has the first failure"]
    assert played(scenes.broken_urls) == [["No module named 'no'"], warnings]


def test_fails_open(played: Stage) -> None:
    """Whatever goes wrong in perftrack, the project answers, and the warnings say it."""
    assert played(scenes.broken_tracker) == [[200], 200, 1]
