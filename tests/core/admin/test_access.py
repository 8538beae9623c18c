"""Who gets in: closed until opened, and shut again by every surprise."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from perftrack.admin import Admin, AdminRequest, AllowAll, BearerToken, Decision
from perftrack.admin.access import Access, Gate
from perftrack.errors import SettingError
from tests.core.admin.fakes import SAME_ORIGIN, TOKEN, WatchedTracker, decoded, header

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
# The status of a GET by somebody who may see it; "/assets/page.css" is open once access is configured.
PATHS = {
    "": 308,
    "/": 200,
    "/stats": 200,
    "/endpoint": 400,
    "/health": 200,
    "/slow-queries": 200,
    "/series": 200,
    "/cache/stats": 200,
    "/openapi.json": 200,
    "/reset": 405,
    "/sign-in": 405,
    "/sign-out": 405,
    "/assets/": 404,
    "/assets/page.py": 404,
    "/assets/../page.py": 404,
    "/stats/": 404,
    "/nothing": 404,
    "//": 404,
}
CREDENTIALS = {
    "none": None,
    "empty": "",
    "scheme only": "Bearer",
    "scheme and blank": "Bearer ",
    "token alone": TOKEN,
    "other scheme": f"Basic {TOKEN}",
    "two tokens": f"Bearer {TOKEN}, Bearer {TOKEN}",
    "wrong": "Bearer another-token-of-good-length",
    "prefix": f"Bearer {TOKEN[:-1]}",
    "longer": f"Bearer {TOKEN}x",
    "beyond latin-1": "Bearer \N{SNOWMAN}",
    "lone surrogate": "Bearer \udcff",
    "capitals": f"Bearer {TOKEN.upper()}",
}


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERFTRACK_ADMIN_TOKEN", raising=False)


def ask(method: str, path: str, credential: str | None = None) -> AdminRequest:
    """Build a same-origin request with or without a credential."""
    headers = dict(SAME_ORIGIN) if credential is None else {**SAME_ORIGIN, "authorization": credential}
    return AdminRequest(method, path, "", headers)


@pytest.mark.parametrize("method", METHODS)
def test_closed_is_403_for_everything(method: str) -> None:
    """With nothing configured every path is 403, whatever is sent, and all answers are the same."""
    tracker = WatchedTracker()
    admin = Admin(tracker)
    credentials = (*CREDENTIALS.values(), f"Bearer {TOKEN}")
    cases = itertools.product((*PATHS, "/assets/page.css"), credentials)
    answers = {admin.handle(ask(method, path, credential)) for path, credential in cases}
    [answer] = answers
    assert answer.status == 403
    assert header(answer, "Content-Type") == "application/problem+json"
    assert (answer.body == b"") == (method == "HEAD")
    assert (tracker.calls, tracker.failures) == ([], [])


@pytest.mark.parametrize("kind", CREDENTIALS)
@pytest.mark.parametrize("method", METHODS)
def test_without_the_token_is_401(method: str, kind: str) -> None:
    """No, malformed and wrong credentials get one and the same 401 on every path, and reach no handler."""
    tracker = WatchedTracker()
    admin = Admin(tracker, access=TOKEN)
    doors = ("/sign-in", "/sign-out") if method == "POST" else ()
    [answer] = {admin.handle(ask(method, path, CREDENTIALS[kind])) for path in PATHS if path not in doors}
    assert answer.status == 401
    assert header(answer, "WWW-Authenticate") == "Bearer"
    assert (tracker.calls, tracker.failures) == ([], [])


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER   "])
def test_with_the_token_every_path_answers(scheme: str) -> None:
    """The right token gives each path its own status, however the scheme is spelled."""
    admin = Admin(WatchedTracker(), access=TOKEN)
    assert {path: admin.handle(ask("GET", path, scheme + TOKEN)).status for path in PATHS} == PATHS


@pytest.mark.parametrize("method", METHODS)
def test_with_the_token_unknown_paths_are_404(method: str) -> None:
    """Whoever is let in is told what does not exist."""
    admin = Admin(WatchedTracker(), access=TOKEN)
    assert admin.handle(ask(method, "/nothing", f"Bearer {TOKEN}")).status == 404


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("OPTIONS", 204), ("POST", 405)])
def test_assets_need_no_token_once_access_is_configured(method: str, status: int) -> None:
    """A browser must get the style sheet before anybody has signed in; there are no numbers in it."""
    admin = Admin(WatchedTracker(), access=TOKEN)
    assert admin.handle(ask(method, "/assets/page.css")).status == status


def test_the_variable_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """`PERFTRACK_ADMIN_TOKEN` is the token, without the newline of a mounted secret."""
    monkeypatch.setenv("PERFTRACK_ADMIN_TOKEN", TOKEN + "\n")
    admin = Admin(WatchedTracker())
    assert admin.handle(ask("GET", "/stats", f"Bearer {TOKEN}")).status == 200
    assert admin.handle(ask("GET", "/stats")).status == 401


def test_access_overrules_the_variable() -> None:
    """A token in code is the only one that counts."""
    gate = Gate(TOKEN, {"PERFTRACK_ADMIN_TOKEN": "another-token-of-good-length"})
    request = AdminRequest("GET", "/stats", headers={"authorization": "Bearer another-token-of-good-length"})
    assert gate.decide(request) is Decision.UNAUTHENTICATED


@pytest.mark.parametrize("value", ["", " ", "\n"])
def test_an_empty_variable_is_closed(value: str) -> None:
    """An empty variable is not an empty token."""
    gate = Gate(None, {"PERFTRACK_ADMIN_TOKEN": value})
    assert gate.closed
    assert gate.decide(AdminRequest("GET", "/", headers={"authorization": "Bearer "})) is Decision.FORBIDDEN


def test_closed_says_once_how_to_open(caplog: pytest.LogCaptureFixture) -> None:
    """The log names all three ways in, once."""
    gate = Gate(None, {})
    for _ in range(3):
        gate.decide(AdminRequest("GET", "/stats"))
    [record] = caplog.records
    assert record.name == "perftrack"
    assert all(word in record.getMessage() for word in ("PERFTRACK_ADMIN_TOKEN", "access=", "AllowAll"))


@pytest.mark.parametrize("token", ["", "x", "fifteen-letters"])
def test_a_short_token_is_refused_and_not_shown(token: str) -> None:
    """A token that can be guessed stops the start; the message names the bound and never the token."""
    for build in (lambda: BearerToken(token), lambda: Admin(WatchedTracker(), access=token)):
        with pytest.raises(SettingError, match="16") as caught:
            build()
        assert not token or token not in str(caught.value)


@pytest.mark.parametrize("token", ["with a blank inside it", "a-newline-at-the-end\n", "a-nul-\0-in-the-middle"])
def test_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    """White space and control characters in a token would lock everybody out."""
    with pytest.raises(SettingError) as caught:
        BearerToken(token)
    assert token not in str(caught.value)


def test_a_token_is_never_shown() -> None:
    """Neither repr nor str of the object has the token."""
    token = BearerToken(TOKEN)
    assert TOKEN not in repr(token) + str(token) + f"{token}"


@pytest.mark.parametrize("sent", ["schlüssel-für-alle-fälle", "schlüssel-für-alle-fälle".encode().decode("latin-1")])
def test_a_token_beyond_ascii_works(sent: str) -> None:
    """Servers decode headers as latin-1, test clients as text: both are the same token."""
    rule = BearerToken("schlüssel-für-alle-fälle")
    assert rule(AdminRequest("GET", "/", headers={"authorization": f"Bearer {sent}"})) is Decision.ADMITTED


@pytest.mark.parametrize(
    ("verdict", "decision"),
    [
        (True, Decision.ADMITTED),
        (False, Decision.FORBIDDEN),
        (Decision.ADMITTED, Decision.ADMITTED),
        (Decision.VIEWER, Decision.VIEWER),
        (Decision.UNAUTHENTICATED, Decision.UNAUTHENTICATED),
        (Decision.FORBIDDEN, Decision.FORBIDDEN),
    ],
)
def test_a_callable_decides(verdict: bool | Decision, decision: Decision) -> None:
    """A bool admits or forbids; a Decision can also ask for a credential."""
    seen: list[AdminRequest] = []

    def rule(request: AdminRequest) -> bool | Decision:
        seen.append(request)
        return verdict

    request = AdminRequest("GET", "/stats", context={"user": "ada"})
    assert Gate(rule).decide(request) is decision
    assert seen == [request]


@pytest.mark.parametrize("verdict", [None, 1, 0, "yes", "", object(), [1], NotImplemented])
def test_a_callable_that_returns_no_bool_admits_nobody(verdict: object, caplog: pytest.LogCaptureFixture) -> None:
    """Truthy is not True: an error object must not open the door; the log says once what came."""

    def rule(request: AdminRequest) -> object:
        return verdict

    gate = Gate(cast("Access", rule))
    assert [gate.decide(AdminRequest("GET", "/")) for _ in range(3)] == [Decision.FORBIDDEN] * 3
    [record] = caplog.records
    assert type(verdict).__name__ in record.getMessage()


@pytest.mark.parametrize("error", [RuntimeError("secret"), KeyError("user"), RecursionError(), AssertionError()])
def test_a_callable_that_raises_is_403(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it raises, nobody gets in, the answer has no details, and the log has the traceback once."""

    def rule(request: AdminRequest) -> bool:
        raise error

    admin = Admin(WatchedTracker(), access=rule)
    responses = [admin.handle(AdminRequest("GET", "/stats")) for _ in range(3)]
    assert [response.status for response in responses] == [403] * 3
    assert b"secret" not in responses[0].body
    [record] = caplog.records
    assert record.name == "perftrack"
    assert record.exc_info is not None


def test_an_async_callable_is_403(caplog: pytest.LogCaptureFixture) -> None:
    """A coroutine is truthy, yet admits nobody; it is closed, so that no "never awaited" is left behind."""

    async def rule(request: AdminRequest) -> bool:
        return True

    # Warnings are errors in this suite, an unraisable one included.
    response = Admin(WatchedTracker(), access=cast("Access", rule)).handle(AdminRequest("GET", "/stats"))
    assert response.status == 403
    assert ["awaitable" in record.getMessage() for record in caplog.records] == [True]


def test_an_awaitable_that_cannot_be_closed_is_403() -> None:
    """Any awaitable is refused, also one that fails when it is thrown away."""

    class Stubborn:
        def __await__(self) -> Any:
            raise NotImplementedError

        def close(self) -> None:
            raise RuntimeError

    def rule(request: AdminRequest) -> Awaitable[bool]:
        return Stubborn()

    assert Gate(cast("Access", rule)).decide(AdminRequest("GET", "/")) is Decision.FORBIDDEN


@pytest.mark.parametrize("access", [1, True, b"bytes-of-good-length", {TOKEN}, {"token": TOKEN}, AllowAll, object()])
def test_anything_else_is_refused_at_start(access: object) -> None:
    """What cannot be a rule stops the start; the message names its type and what is allowed."""
    with pytest.raises(SettingError, match="callable of AdminRequest") as caught:
        Admin(WatchedTracker(), access=cast("Access", access))
    name = access.__name__ if isinstance(access, type) else type(access).__name__
    assert name in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_allow_all_lets_everybody_in(caplog: pytest.LogCaptureFixture) -> None:
    """Said aloud, it needs no credential and logs nothing."""
    caplog.set_level(logging.DEBUG)
    admin = Admin(WatchedTracker(), access=AllowAll())
    assert {path: admin.handle(ask("GET", path)).status for path in PATHS} == PATHS
    assert caplog.records == []
    assert repr(AllowAll()) == "AllowAll()"


def test_forbidden_and_unauthenticated_differ() -> None:
    """403 does not ask for a credential, 401 does."""
    rules: dict[int, Callable[[AdminRequest], bool | Decision]] = {
        403: lambda _: False,
        401: lambda _: Decision.UNAUTHENTICATED,
    }
    for status, rule in rules.items():
        response = Admin(WatchedTracker(), access=rule).handle(AdminRequest("GET", "/stats"))
        assert (response.status, decoded(response)["status"]) == (status, status)
        assert (header(response, "WWW-Authenticate") is None) == (status == 403)
