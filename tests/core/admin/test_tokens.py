"""Tokens: several at once, two rights, and the sessions and codes that come of them."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import Callable
from typing import Any, cast

import pytest

from perftrack import SettingError, Tokens
from perftrack.admin import Access, Admin, AdminRequest, Decision
from perftrack.admin.access import Either, Gate
from perftrack.admin.codes import CODE_SECONDS, SignInCode
from perftrack.admin.sessions import SESSION_SECONDS, Session
from perftrack.admin.sign_in import Secret
from perftrack.admin.tokens import LOG_SECONDS, Pass, Refusals, tokens_in
from tests.core.admin.fakes import SAME_ORIGIN, WatchedTracker, decoded
from tests.support import FakeClock

OLD, NEW, LOOK = "the-old-token-of-it", "the-new-token-of-it", "the-token-to-look-at"
Make = Callable[[str], Admin]


def bearer(token: str) -> dict[str, str]:
    """Give the headers of a request with *token*."""
    return {"authorization": f"Bearer {token}"}


def status(admin: Admin, method: str, path: str, headers: dict[str, str]) -> int:
    """Ask, and give the status."""
    return admin.handle(AdminRequest(method, path, "", headers)).status


def cookie_of(tokens: Tokens, token: str) -> str:
    """Sign in with *token*, and give what the browser sends from then on."""
    found = tokens.sign_in(token, None, secure=False)
    assert found is not None
    return found[1].partition(";")[0]


@pytest.mark.parametrize("access", [[OLD, NEW], (OLD, NEW), Tokens([OLD, NEW]), Tokens(admins=(OLD, NEW))])
def test_several_tokens_are_good_at_once(access: Access) -> None:
    """While a token is exchanged for another, both let in."""
    admin = Admin(WatchedTracker(), access=access)
    assert [status(admin, "GET", "/stats", bearer(token)) for token in (OLD, NEW, LOOK)] == [200, 200, 401]


@pytest.mark.parametrize("text", [f"{OLD},{NEW}", f" {OLD} , {NEW}\n", f"{OLD},,{NEW},"])
def test_the_variable_takes_several(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commas separate the tokens of `PERFTRACK_ADMIN_TOKEN`."""
    monkeypatch.setenv("PERFTRACK_ADMIN_TOKEN", text)
    admin = Admin(WatchedTracker())
    assert [status(admin, "GET", "/stats", bearer(token)) for token in (OLD, NEW, text)] == [200, 200, 401]


@pytest.mark.parametrize("text", ["", ",", " , \n"])
def test_no_token_between_commas_is_closed(text: str) -> None:
    """Commas alone open nothing."""
    assert tokens_in({"PERFTRACK_ADMIN_TOKEN": text}) is None


def test_a_viewer_looks_and_changes_nothing() -> None:
    """A viewer's token reads every page and is 403 at the reset, which an admin's is not."""
    tracker = WatchedTracker()
    admin = Admin(tracker, access=Tokens(admins=NEW, viewers=[LOOK]))
    assert status(admin, "GET", "/stats", bearer(LOOK)) == 200
    assert status(admin, "OPTIONS", "/reset", bearer(LOOK)) == 204
    assert status(admin, "GET", "/reset", bearer(LOOK)) == 405
    refused = admin.handle(AdminRequest("POST", "/reset", "", bearer(LOOK)))
    assert (refused.status, tracker.calls) == (403, ["snapshot"])
    assert "looking only" in decoded(refused)["detail"]
    assert status(admin, "POST", "/reset", bearer(NEW)) == 200


def test_viewers_alone() -> None:
    """Pages that nobody can reset from outside are a setting like any other."""
    admin = Admin(WatchedTracker(), access=Tokens(viewers=[LOOK]))
    assert [status(admin, "GET", "/stats", bearer(LOOK)), status(admin, "POST", "/reset", bearer(LOOK))] == [200, 403]


@pytest.mark.parametrize(
    ("admins", "viewers"),
    [
        ([], []),
        ("", []),
        ([OLD, "short"], []),
        ([OLD, OLD], []),
        ([OLD], [OLD]),
        ([OLD], ["with a blank in it"]),
        ([5], []),
    ],
)
def test_tokens_that_cannot_be_are_refused_at_start(admins: Any, viewers: Any) -> None:
    """None at all, a short one, the same one twice: the start stops, and no message shows a token."""
    with pytest.raises(SettingError) as caught:
        Tokens(admins, viewers)
    assert not any(token in str(caught.value) for token in (OLD, "short", "with a blank in it"))


def test_an_empty_list_is_refused() -> None:
    """A list whose tokens got lost must not open anything, and says so."""
    with pytest.raises(SettingError, match="none is given"):
        Admin(WatchedTracker(), access=[])


def test_neither_tokens_nor_code_are_shown() -> None:
    """No repr has a secret, that of a request included."""
    code = SignInCode()
    tokens = Tokens([OLD], [LOOK], code=code)
    request = AdminRequest("POST", "/sign-in", f"q={OLD}", bearer(OLD), {"x": OLD}, OLD.encode())
    inner = f"{Pass((OLD.encode(), LOOK.encode()), Decision.VIEWER, Session(b''))} {Secret(OLD, code.text)}"
    shown = repr(tokens) + str(tokens) + repr(code) + repr(request) + repr(Gate(tokens)) + inner
    code.discard()
    assert not any(secret in shown for secret in (OLD, LOOK, code.text))


def test_a_session_is_as_good_as_its_token() -> None:
    """The cookie of an admin's token does everything, that of a viewer's looks only."""
    tokens = Tokens(NEW, [LOOK])
    admin = Admin(WatchedTracker(), access=tokens)
    for token, reset in ((NEW, 200), (LOOK, 403)):
        headers = {**SAME_ORIGIN, "cookie": cookie_of(tokens, token)}
        assert status(admin, "GET", "/stats", headers) == 200
        assert status(admin, "POST", "/reset", headers) == reset


def test_a_session_cannot_post_from_another_site() -> None:
    """A browser attaches cookies by itself, so a POST with one has to show its origin."""
    tokens = Tokens(NEW)
    tracker = WatchedTracker()
    admin = Admin(tracker, access=tokens)
    for origin in ({}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert status(admin, "POST", "/reset", {"host": "app", "cookie": cookie_of(tokens, NEW), **origin}) == 403
    assert tracker.calls == []


def test_all_workers_agree_on_a_session() -> None:
    """Nothing is stored: another process with the same tokens takes the cookie."""
    cookie = cookie_of(Tokens([OLD, NEW]), NEW)
    assert Tokens([NEW])(AdminRequest("GET", "/", headers={"cookie": cookie})) is Decision.ADMITTED


def test_a_new_token_signs_everybody_out() -> None:
    """A cookie of a token that is no longer configured is worth nothing, also when the right changed."""
    cookie = cookie_of(Tokens(OLD), OLD)
    assert Tokens(NEW)(AdminRequest("GET", "/", headers={"cookie": cookie})) is Decision.UNAUTHENTICATED
    assert Tokens(NEW, [OLD])(AdminRequest("GET", "/", headers={"cookie": cookie})) is Decision.VIEWER


def test_a_session_ends() -> None:
    """After twelve hours the cookie is worth nothing, whatever the browser keeps."""
    clock = FakeClock()
    tokens = Tokens(NEW, clock=clock)
    request = AdminRequest("GET", "/", headers={"cookie": cookie_of(tokens, NEW)})
    clock.tick(SESSION_SECONDS - 1)
    assert tokens(request) is Decision.ADMITTED
    clock.tick(1)
    assert tokens(request) is Decision.UNAUTHENTICATED


def test_a_session_cannot_be_made_or_changed() -> None:
    """Another expiry, another name, a cut or foreign signature: none is a session."""
    tokens = Tokens(NEW)
    name, _, value = cookie_of(tokens, NEW).partition("=")
    expires, _, signature = value.partition(".")
    forged = [
        f"{name}={int(expires) + 1}.{signature}",
        f"{name}=0{expires}.{signature}",
        f"{name}={expires}.{signature[:-1]}",
        f"{name}={expires}.{signature.upper()}",
        f"{name}={expires}.",
        f"{name}=.{signature}",
        f"{name}=",
        f"{name}",
        f"other={value}",
        f"{name.upper()}={value}",
        f'{name}="{value}"',
        f"{name}={cookie_of(Tokens(OLD), OLD).partition('=')[2]}",
        f"{name}={'9' * 5000}.{signature}",
        f"{name}=\udcff\N{ARABIC-INDIC DIGIT THREE}.{signature}",
        ";" * 10_000,
    ]
    for cookie in forged:
        assert tokens(AdminRequest("GET", "/", headers={"cookie": cookie})) is Decision.UNAUTHENTICATED, cookie[:80]
    among_others = f"a=b; {name}=x;{name}={value}; c"
    assert tokens(AdminRequest("GET", "/", headers={"cookie": among_others})) is Decision.ADMITTED


def test_a_wrong_token_beats_a_right_session() -> None:
    """Whoever sends an Authorization header is judged by it alone."""
    tokens = Tokens(NEW)
    headers = {"cookie": cookie_of(tokens, NEW), **bearer(OLD)}
    assert tokens(AdminRequest("GET", "/", headers=headers)) is Decision.UNAUTHENTICATED


def test_a_code_signs_in_once() -> None:
    """The first POST uses it up; a wrong one does not."""
    code = SignInCode()
    tokens = Tokens(NEW, code=code)
    assert tokens.sign_in(None, code.text + "x", secure=False) is None
    assert tokens.sign_in(None, "\udcff", secure=False) is None
    found = tokens.sign_in(None, code.text, secure=False)
    assert found is not None
    assert found[0] is Decision.ADMITTED
    assert tokens.sign_in(None, code.text, secure=False) is None


def test_a_code_is_used_up_for_all_workers() -> None:
    """Workers get the code by pickle; what one of them took, the others refuse."""
    code = SignInCode()
    workers = [Tokens(NEW, code=cast(SignInCode, pickle.loads(pickle.dumps(code)))) for _ in range(3)]  # noqa: S301 - ours
    assert [worker.sign_in(None, code.text, secure=False) is None for worker in workers] == [False, True, True]


def test_a_code_ends() -> None:
    """After five minutes the link is worth nothing, and it is used up by the try."""
    clock = FakeClock()
    late, soon = SignInCode(clock), SignInCode(clock)
    clock.tick(CODE_SECONDS - 1)
    assert soon.redeem(soon.text)
    clock.tick(1)
    assert not late.redeem(late.text)
    assert not late.discard()


def test_without_a_code_none_is_right() -> None:
    """Where no link was made, no code signs in, the empty one neither."""
    assert all(Tokens(NEW).sign_in(None, code, secure=False) is None for code in ("", "x", NEW))


def test_refusals_are_counted_and_logged_without_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Wrong tokens and codes are counted; the log has a line without them; a missing one is no try."""
    tokens = Tokens(NEW)
    admin = Admin(WatchedTracker(), access=tokens)
    status(admin, "GET", "/stats", {})
    assert tokens.refused == 0
    for _ in range(50):
        status(admin, "GET", "/stats", bearer(OLD))
        tokens.sign_in(OLD, None, secure=False)
    assert tokens.refused == 100
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert OLD not in caplog.text


def test_refusals_are_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """A flood of tries makes a line a minute with the number so far, so it cannot fill the log."""
    clock = FakeClock()
    refusals = Refusals(clock)
    for _ in range(10):
        refusals.note("a sign-in")
    clock.tick(LOG_SECONDS)
    refusals.note("a sign-in")
    assert [record.getMessage().rpartition("; ")[2] for record in caplog.records] == ["1 so far", "11 so far"]


@pytest.mark.parametrize("first", Decision)
def test_either_takes_the_better_of_two(first: Decision) -> None:
    """Users of the framework keep their right; a token can raise it."""
    rule = Either(lambda _: first, Tokens(NEW, [LOOK]))
    assert rule(AdminRequest("GET", "/", headers=bearer(NEW))) is Decision.ADMITTED
    kept = first if first in (Decision.ADMITTED, Decision.VIEWER) else Decision.UNAUTHENTICATED
    assert rule(AdminRequest("GET", "/")) is kept
    raised = Decision.ADMITTED if first is Decision.ADMITTED else Decision.VIEWER
    assert rule(AdminRequest("GET", "/", headers=bearer(LOOK))) is raised
    assert Gate(rule).tokens is rule.tokens


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (True, 200),
        (False, 403),
        (Decision.ADMITTED, 200),
        (Decision.VIEWER, 200),
        (Decision.UNAUTHENTICATED, 401),
        ("yes", 403),
        (None, 403),
        (RuntimeError("secret"), 403),
    ],
)
def test_an_async_callable_decides_where_it_can_be_awaited(verdict: object, expected: int) -> None:
    """An adapter that can wait asks a coroutine function as it asks any other, with the same care."""

    async def rule(request: AdminRequest) -> Any:
        await asyncio.sleep(0)
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    def plain(request: AdminRequest) -> Any:
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    for access in (rule, plain):
        answer = asyncio.run(Admin(WatchedTracker(), access=access).handle_async(AdminRequest("GET", "/stats")))
        assert answer.status == expected
        assert b"secret" not in answer.body


def test_closed_and_open_pages_need_no_waiting() -> None:
    """The awaiting way answers what the other answers: closed pages, files, failures inside, HEAD."""
    tracker = WatchedTracker()
    closed, opened = Admin(tracker), Admin(tracker, access=Tokens(NEW))
    tracker.broken = RuntimeError("secret")
    cases: list[tuple[Admin, str, str, dict[str, str]]] = [
        (closed, "GET", "/stats", {}),
        (opened, "GET", "/assets/page.css", {}),
        (opened, "HEAD", "/", bearer(NEW)),
    ]
    for admin, method, path, headers in cases:
        request = AdminRequest(method, path, "", headers)
        assert asyncio.run(admin.handle_async(request)) == admin.handle(request)
