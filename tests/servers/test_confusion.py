"""Requests that mean one thing to a proxy and another to an app: none gets a number, breaks anything, or takes a page
of the app away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from perftrack import PerformanceTracker, Tokens
from tests.adapters.doors import ADMIN, ASGI, OWN_BODY, WSGI
from tests.servers.confusing import HEADERS, RIGHT, TARGETS, TOKEN, check, check_whole
from tests.servers.raw import SERVERS, request, send

pytestmark = pytest.mark.servers

@pytest.fixture(
    scope="module",
    params=[(server, app) for server, (kind, _) in SERVERS.items() for app in (ASGI if kind == "asgi" else WSGI)],
    ids="-".join,
)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[int, PerformanceTracker, str]]:
    """Every adapter below every server of its kind: port, tracker and the adapter's name."""
    server, name = request.param
    kind, serve = SERVERS[server]
    tracker = PerformanceTracker()
    app: Any = (ASGI if kind == "asgi" else WSGI)[name](Tokens(TOKEN), tracker)
    with serve(app) as port:
        yield port, tracker, name


@pytest.mark.parametrize("kind", ["none", "wrong"])
def test_no_path_leads_past_the_gate(served: tuple[int, PerformanceTracker, str], kind: str) -> None:
    """Encoded slashes, dot segments, double slashes, case, parameters, absolute targets: no number, no failure."""
    port, tracker, _ = served
    for target in TARGETS:
        for method in (b"GET", b"POST", b"HEAD"):
            check(send(port, request(method, target.encode(), *HEADERS[kind])), (method, target))
    assert tracker.stats()["warnings"] == []


@pytest.mark.parametrize("kind", [kind for kind in HEADERS if kind != "right twice"])
def test_no_header_leads_past_the_gate(served: tuple[int, PerformanceTracker, str], kind: str) -> None:
    """Duplicates, folds, overrides, forged origins and oversized headers: only one right credential is one."""
    port, tracker, _ = served
    for target in (f"{ADMIN}/stats", f"{ADMIN}/", "/performance/stats", "/"):
        for method in (b"GET", b"POST", b"stats", b"GET\t"):
            reply = send(port, request(method, target.encode(), *HEADERS[kind]))
            if kind == "folded" and reply.status == 200:
                continue  # a server that still knows folding makes one right header of it
            check(reply, (method, target, kind))
    assert tracker.stats()["warnings"] == []


@pytest.mark.parametrize("kind", [kind for kind in HEADERS if "right" not in kind and kind != "folded"])
def test_no_header_resets(served: tuple[int, PerformanceTracker, str], kind: str) -> None:
    """A POST to the reset without a credential changes nothing, whatever it claims about its origin."""
    port, tracker, _ = served
    since = tracker.stats()["since"]
    check(send(port, request(b"POST", f"{ADMIN}/reset".encode(), *HEADERS[kind])), kind)
    assert tracker.stats()["since"] == since


def test_the_owner_meets_no_failure(served: tuple[int, PerformanceTracker, str]) -> None:
    """With the right credential no target of these is a 500 either, and the plain one has the numbers."""
    port, tracker, _ = served
    for target in TARGETS:
        check_whole(send(port, request(b"GET", target.encode(), RIGHT)), target)
    assert b"total_requests" in send(port, request(b"GET", f"{ADMIN}/stats".encode(), RIGHT)).body
    assert tracker.stats()["warnings"] == []


def test_the_pages_of_the_app_stay_its_own(served: tuple[int, PerformanceTracker, str]) -> None:
    """A path that only resembles ours is answered by the app."""
    port, _, name = served
    reply = send(port, request(b"GET", b"/projects/7"))
    assert OWN_BODY in reply.body or name in ("fastapi router", "starlette")
    if name not in ("asgi", "wsgi"):
        return
    for target in (
        "/admin",
        "/admin/",
        "/admin/performancex",
        "/admin/performance;x/stats",
        "/ADMIN/performance/stats",
    ):
        assert OWN_BODY in send(port, request(b"GET", target.encode())).body, target


@pytest.mark.parametrize(
    "body",
    [
        b'{"token": "' + TOKEN.encode() + b'"}',
        b"token=" + TOKEN.encode(),
        b"x" * 100_000,
        b"\x00\xff" * 100,
    ],
)
def test_a_sign_in_from_elsewhere_is_refused(served: tuple[int, PerformanceTracker, str], body: bytes) -> None:
    """Even the right token needs a same-origin request: another site must not sign a browser in."""
    port, _, _ = served
    for kind in (b"application/json", b"application/x-www-form-urlencoded", b"text/plain"):
        lines = (b"Content-Type: " + kind, b"Sec-Fetch-Site: cross-site")
        reply = send(port, request(b"POST", f"{ADMIN}/sign-in".encode(), *lines, body=body))
        check(reply, kind)
        assert b"set-cookie" not in reply.text.lower()


def test_secrets_stay_out_of_the_log(
    served: tuple[int, PerformanceTracker, str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was planted as a wrong token, code or cookie is nowhere in log, output, JSON or page."""
    port, _, _ = served
    caplog.set_level(logging.DEBUG)
    planted = b"planted-secret-of-the-test"
    same = b"Sec-Fetch-Site: same-origin"
    replies = [
        send(port, request(b"GET", f"{ADMIN}/stats".encode(), b"Authorization: Bearer " + planted)),
        send(port, request(b"GET", f"{ADMIN}/stats".encode(), b"Cookie: perftrack_00000000=" + planted)),
        *(
            send(
                port,
                request(
                    b"POST",
                    f"{ADMIN}/sign-in".encode(),
                    same,
                    b"Content-Type: application/json",
                    body=b'{"%s": "%s"}' % (field, planted),
                ),
            )
            for field in (b"token", b"code", b"other")
        ),
    ]
    assert [reply.status for reply in replies] == [401, 401, 401, 401, 400]
    shown = [
        send(port, request(b"GET", f"{ADMIN}{path}".encode(), RIGHT)).text for path in ("/stats", "/", "/slow-queries")
    ]
    printed = capfd.readouterr()
    everything = b"".join(reply.text for reply in replies) + b"".join(shown)
    assert planted not in everything
    assert planted.decode() not in caplog.text + printed.out + printed.err
    assert TOKEN not in caplog.text + printed.out + printed.err
