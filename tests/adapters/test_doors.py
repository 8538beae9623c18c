"""The table: every path, method and credential on every adapter gives exactly what the contract says."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from perftrack import PerformanceTracker
from perftrack.admin.handlers import ROUTES
from tests.adapters.doors import ADMIN, ASGI, SAME_ORIGIN, WSGI, Answer, Ask, asgi_door, wsgi_door

pytest.importorskip("jwt", reason="the table has JSON Web Tokens; pip install 'pyjwt[crypto]'")

from tests.adapters.credentials import PRIVATE_PEM, Credential, accesses, credentials

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PATHS = (*ROUTES, "", "/nothing", "/assets/nothing", "/stats/nothing")
CASES = tuple(Ask(method, ADMIN + path, tuple(SAME_ORIGIN.items())) for method, path in product(METHODS, PATHS))
CONFIGURED = ("closed", "open", "tokens", "hs256", "rs256")


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for all requests of a test."""
    made = asyncio.new_event_loop()
    yield made
    made.run_until_complete(made.shutdown_default_executor())
    made.close()


def expected(credential: Credential, method: str, path: str) -> int:
    """Say what the contract says, in words of its own."""
    right, route = credential.right, ROUTES.get(path)
    if right == "closed":
        return 403
    if path.startswith("/assets/") and route is not None:
        return {"GET": 200, "HEAD": 200, "OPTIONS": 204}.get(method, 405)
    if method == "POST" and credential.configured == "tokens" and path in ("/sign-in", "/sign-out"):
        return {"/sign-in": 415, "/sign-out": 200}[path]
    if right in ("nobody", "forbidden"):
        return {"nobody": 401, "forbidden": 403}[right]
    return _of_known(right, method, path)


def _of_known(right: str, method: str, path: str) -> int:
    if path not in ROUTES and path != "":
        return 404
    if method == "OPTIONS":
        return 204
    if path in ("/reset", "/sign-in", "/sign-out"):
        if method != "POST":
            return 405
        return 403 if right == "viewer" else (200 if path == "/reset" else 404)
    if method not in ("GET", "HEAD"):
        return 405
    return {"": 308, "/endpoint": 400}.get(path, 200)


def _asks(configured: str) -> Iterator[tuple[Credential, Ask]]:
    for credential in credentials():
        if credential.configured == configured:
            yield from ((credential, case._replace(headers=case.headers + credential.headers)) for case in CASES)


def check(credential: Credential, ask: Ask, answer: Answer) -> None:
    """Compare one answer with the contract; whoever is not let in gets no number and no page."""
    path = ask.target.removeprefix(ADMIN)
    assert answer.status == expected(credential, ask.method, path), (credential, ask.method, path, answer)
    if answer.status in (401, 403):
        assert b"requests" not in answer.body
        assert len(answer.body) < 400
    for name in ("cache-control", "x-content-type-options", "content-security-policy", "referrer-policy"):
        assert answer.header(name), (name, answer)
    assert (answer.header("set-cookie") != "") == (path == "/sign-out" and answer.status == 200)


@pytest.mark.parametrize("configured", CONFIGURED)
@pytest.mark.parametrize("name", ASGI)
def test_asgi_doors(name: str, configured: str, loop: asyncio.AbstractEventLoop) -> None:
    """ASGI, FastAPI and Starlette."""
    door = asgi_door(ASGI[name](accesses(PRIVATE_PEM)[configured], PerformanceTracker()), loop)
    for credential, ask in _asks(configured):
        check(credential, ask, door(ask))


@pytest.mark.parametrize("configured", CONFIGURED)
@pytest.mark.parametrize("name", WSGI)
def test_wsgi_doors(name: str, configured: str) -> None:
    """WSGI and Flask, in front of the app and as a blueprint."""
    door = wsgi_door(WSGI[name](accesses(PRIVATE_PEM)[configured], PerformanceTracker()))
    for credential, ask in _asks(configured):
        check(credential, ask, door(ask))


def test_django_doors() -> None:
    """Django under WSGI and ASGI; without the slash at the end its URLs know no page of ours."""
    pytest.importorskip("django")
    asked = {(name, kind): list(_django_asks(name, kind)) for name in CONFIGURED for kind in ("wsgi", "asgi")}
    groups = {name: {kind: [ask for _, ask in asked[name, kind]] for kind in ("wsgi", "asgi")} for name in CONFIGURED}
    answers = _of_django(pickle.dumps((PRIVATE_PEM, groups)))
    for (name, kind), cases in asked.items():
        for (credential, ask), answer in zip(cases, answers[name][kind], strict=True):
            check(credential, ask, Answer(*answer))


def _django_asks(configured: str, kind: str) -> Iterator[tuple[Credential, Ask]]:
    # Under ASGI each request goes through threads, which takes its time; the view behind them is the same.
    few = {ADMIN + path for path in ("/", "/stats", "/reset", "/sign-in", "/nothing")}
    for credential, ask in _asks(configured):
        if ask.target != ADMIN and (kind == "wsgi" or (ask.target in few and ask.method in ("GET", "POST"))):
            yield credential, ask


def _of_django(request: bytes) -> dict[str, dict[str, list[tuple[int, tuple[tuple[str, str], ...], bytes]]]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PERFTRACK_")}
    paths = os.pathsep.join([str(ROOT), str(ROOT / "adapters"), *filter(None, sys.path)])
    command = [sys.executable, "-W", "error", "-m", "tests.adapters.apps.django_door"]
    done = subprocess.run(
        command, input=request, capture_output=True, check=False, timeout=300, env={**clean, "PYTHONPATH": paths}
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: dict[str, dict[str, list[tuple[int, tuple[tuple[str, str], ...], bytes]]]] = pickle.loads(done.stdout)  # noqa: S301 - from the process just started
    return answers


def test_the_table_is_whole() -> None:
    """Every kind of credential that the contract speaks of is in it."""
    kinds = {each.kind for each in credentials()}
    wanted = "none, malformed, wrong, expired, alg none, confused, wrong audience, wrong role, viewer, admin, token"
    assert set(wanted.split(", ")) <= kinds
    assert {each.right for each in credentials()} == {"nobody", "forbidden", "viewer", "admin", "closed"}
