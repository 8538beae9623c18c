"""Random requests over real sockets: never a 500, never a number without a credential, never a page of the app changed.

A part of it runs always; `PERFTRACK_FUZZ_CASES=100000 pytest tests/servers/test_fuzz.py` tries as many as you like.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perftrack import PerformanceTracker, Tokens
from tests.adapters.doors import OWN_BODY, raw_asgi, raw_wsgi
from tests.servers.raw import SERVERS, request, send

pytestmark = pytest.mark.servers

CASES = int(os.environ.get("PERFTRACK_FUZZ_CASES", "300"))
TOKEN = b"the-token-for-admins"
NUMBERS = (b"total_requests", b"endpoint_stats", b"uptime", b"openapi", b'"status":"reset"')

PIECES = (
    *(b"/admin", b"/performance", b"/admin/performance", b"/stats", b"/reset", b"/sign-in", b"/assets/", b"/page.css"),
    *(b"/", b"//", b"/.", b"/..", b"..;", b";x=1", b"%2f", b"%2F", b"%5c", b"\\", b"%2e%2e", b"%00", b"%0d%0a", b"%25"),
    *(b"?", b"&", b"=", b"#", b"limit=1", b"endpoint=x", b"include=health", b"%", b"%zz", b"%c0%af", b"%ed%a0%80"),
    *(b"http://", b"evil.example", b"@", b":80", b"*", b"ADMIN", b"Performance", b"\xff", b"\xe2\x80\xae", b"<script>"),
)
NAMES = (
    *(b"Authorization", b"authorization", b"Cookie", b"Host", b"Origin", b"Sec-Fetch-Site", b"Accept", b"Content-Type"),
    *(b"Content-Length", b"Transfer-Encoding", b"Expect", b"Upgrade", b"X-Forwarded-For", b"X-Original-URL", b"Range"),
    *(b"X-HTTP-Method-Override", b"Script-Name", b"Proxy", b"Connection", b"X Y", b"", b"\xff", b"X-Request-Start"),
)
VALUES = (
    *(
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer x",
        b"Bearer " + TOKEN[:-1],
        b"bearer \xff\xfe",
        b"Basic dTpw",
        b"Negotiate x",
    ),
    *(b"perftrack_00000000=1.0", b"perftrack_=" + b"a" * 300, b"same-origin", b"none", b"null", b"http://127.0.0.1"),
    *(b"text/html", b"application/json", b"application/x-www-form-urlencoded", b"multipart/form-data", b"chunked"),
    *(b"0", b"5", b"-1", b"99999999999999999999", b"1,1", b"100-continue", b"websocket", b"t=1", b"\x00", b"\x1b[31m"),
)

methods = st.sampled_from(
    [b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"TRACE", b"get", b"BREW", b"", b"G\xffT", b"X" * 99]
)
pieces = st.sampled_from(PIECES) | st.binary(max_size=4)
values = st.sampled_from(VALUES) | st.binary(max_size=12)
bodies = st.sampled_from([b"", b'{"token": "x"}', b"token=x", b"{", b"x" * 5000]) | st.binary(max_size=64)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Draw a request that has the form of one, cut off now and then."""
    start = draw(st.sampled_from([b"", b"/admin/performance"]))
    target = start + b"".join(draw(st.lists(pieces, max_size=8)))
    names = draw(st.lists(st.sampled_from(NAMES), max_size=5))
    data = request(draw(methods), target, *(name + b": " + draw(values) for name in names), body=draw(bodies))
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 9)) == 0 else data


class WatchedTracker(PerformanceTracker):
    """A tracker that remembers what failed inside; to ask it costs nothing, however many rows it has."""

    failures: tuple[BaseException, ...] = ()

    def failed(self, error: BaseException) -> None:
        """Remember a failure."""
        self.failures = (*self.failures, error)


@pytest.mark.parametrize("server", SERVERS)
def test_random_requests(server: str) -> None:
    """Whatever comes, strangers get nothing, nothing inside fails, and the app answers as before."""
    kind, serve = SERVERS[server]
    tracker = WatchedTracker(trust_queue_header=True)
    app: Any = (raw_asgi if kind == "asgi" else raw_wsgi)(Tokens(TOKEN.decode()), tracker)

    @settings(
        max_examples=max(1, CASES // len(SERVERS)),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(data=requests() | st.binary(max_size=200))
    def strangers_get_nothing(data: bytes) -> None:
        reply = send(port, data, whole=False)
        assert reply.status not in (500, 502, 503), reply
        assert not any(word in reply.text for word in NUMBERS), reply
        failures, tracker.failures = tracker.failures, ()  # so that the next case is not taken for this one
        assert failures == (), data

    with serve(app) as port:
        since = tracker.stats()["since"]
        strangers_get_nothing()
        assert tracker.stats()["since"] == since
        assert OWN_BODY in send(port, request(b"GET", b"/projects/7")).body
        right = b"Authorization: Bearer " + TOKEN
        assert b"total_requests" in send(port, request(b"GET", b"/admin/performance/stats", right)).body
