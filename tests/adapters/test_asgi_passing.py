"""ASGI: what passes through untouched, and that requests and apps do not mix."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from perftrack_asgi import PerformanceMiddleware
from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send
from tests.adapters.asgi_support import REQUEST, Wrapped, body, called, dropped, event_stream, http_scope, sends, start
from tests.support import FakeClock


async def _receive() -> Message:
    return REQUEST


@pytest.mark.parametrize("kind", ["lifespan", "unheard-of", "http.next"])
def test_other_scopes_get_the_very_same_objects(kind: str) -> None:
    """Lifespan and unknown scope types reach the app with the server's own scope, `receive` and `send`."""
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend((scope, receive, send))

    wrapped = Wrapped(app)
    scope: Scope = {"type": kind}
    asyncio.run(_run(wrapped.app(scope, _receive, dropped)))
    assert all(a is b for a, b in zip(seen, (scope, _receive, dropped), strict=True))
    assert scope == {"type": kind}
    assert wrapped.stats()["total_requests"] == 0


def test_lifespan_failure_passes() -> None:
    """An app that knows no lifespan may raise; servers look for exactly that."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise NotImplementedError(scope["type"])

    with pytest.raises(NotImplementedError, match="lifespan"):
        asyncio.run(_run(Wrapped(app).app({"type": "lifespan"}, _receive, dropped)))


def test_scope_is_the_servers_own() -> None:
    """The app gets the very scope, with extensions and state, and nothing is added to it."""
    scope = http_scope(extensions={"http.response.pathsend": {}, "tls": {"cipher": 1}}, state={"db": object()})
    copy = {**scope, "extensions": dict(scope["extensions"]), "state": dict(scope["state"])}
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await sends(start(), body())(scope, receive, send)

    Wrapped(app).run(called(dropped, scope=scope))
    assert seen[0] is scope
    assert scope == copy


def test_messages_are_the_very_same_objects() -> None:
    """Messages are handed on both ways as they are, not copies of them."""
    received: list[Message] = []
    sent: list[Message] = []
    messages: list[Message] = [start(), body(b"x")]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        received.append(await receive())
        for message in messages:
            await send(message)

    async def send(message: Message) -> None:
        sent.append(message)

    Wrapped(app).run(called(send))
    assert received[0] is REQUEST
    assert all(a is b for a, b in zip(sent, messages, strict=True))


def test_headers_that_can_be_read_only_once() -> None:
    """ASGI lets headers be any iterable; what perftrack reads of them the server still gets."""
    headers = [(b"content-type", b"text/event-stream"), (b"x-more", b"1")]
    for one_time in (iter(headers), (pair for pair in headers), zip(*zip(*headers, strict=True), strict=True)):
        message: Message = {"type": "http.response.start", "status": 200, "headers": one_time}
        wrapped = Wrapped(sends(message, body()))
        assert list(wrapped.ask().messages[0]["headers"]) == headers
        assert wrapped.stats()["streams"]["finished"] == 1


def test_optional_keys() -> None:
    """Headers and body may be absent."""
    wrapped = Wrapped(sends({"type": "http.response.start", "status": 200}, {"type": "http.response.body"}))
    wrapped.ask()
    assert wrapped.outcome() == ("ok", "200")


@pytest.mark.parametrize(
    "message", [{}, {"type": "http.response.start"}, {"type": "http.response.start", "status": None}]
)
def test_malformed_messages_are_the_servers_business(message: Message, caplog: pytest.LogCaptureFixture) -> None:
    """A message that the server may refuse reaches the server."""
    wrapped = Wrapped(sends(message))
    assert wrapped.ask().messages == [message]
    assert wrapped.tracker.stats()["in_flight"] == 0


def test_interleaved_requests_do_not_mix(clock: FakeClock) -> None:
    """Two requests at a time have each their own status, path, stream and duration."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        first = scope["path"] == "/first"
        await turns["first" if first else "second"].wait()
        await send(start(500) if first else event_stream())
        turns["second"].set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await send(body(b"x"))

    async def use(app: ASGIApp) -> None:
        calls = [called(dropped, scope=http_scope(path=path))(app) for path in ("/second", "/first")]
        both = asyncio.gather(*calls)
        await asyncio.sleep(0)
        clock.tick(1)
        assert wrapped.tracker.stats()["in_flight"] == 2
        turns["first"].set()
        await both

    turns = {"first": asyncio.Event(), "second": asyncio.Event()}
    wrapped = Wrapped(app, clock=clock)
    wrapped.run(use)
    rows = wrapped.stats()["endpoint_stats"]
    assert rows["GET /first"]["outcomes"]["server_error"] == 1
    assert rows["GET /first"]["max_duration"] == 1.0
    assert rows["GET /second"]["outcomes"]["ok"] == 1
    assert rows["GET /second"]["max_duration"] is None


def test_two_apps_two_trackers() -> None:
    """Apps with trackers of their own count apart; with one tracker they count together."""
    one, two = Wrapped(sends(start(), body())), Wrapped(sends(start(500), body()))
    one.ask()
    one.ask()
    two.ask()
    assert one.outcome_counts() == {"ok": 2}
    assert two.outcome_counts() == {"server_error": 1}
    shared = PerformanceMiddleware(sends(start(503), body()), one.tracker, access=AllowAll())
    asyncio.run(_run(shared(http_scope(path="/third"), _receive, dropped)))
    assert one.outcome_counts() == {"ok": 2, "server_error": 1}


def test_nested_middlewares_of_one_tracker() -> None:
    """An app that is wrapped twice works; its requests count at each wrapping."""
    tracker = PerformanceTracker()
    app = PerformanceMiddleware(PerformanceMiddleware(sends(start(), body()), tracker), tracker)
    asyncio.run(_run(app(http_scope(), _receive, dropped)))
    assert tracker.stats()["total_requests"] == 2
    assert tracker.stats()["in_flight"] == 0


async def _run(call: Any) -> None:
    await call
