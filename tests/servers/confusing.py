"""Requests that mean one thing to a proxy and another to an app, and what nobody without a credential may get."""

from __future__ import annotations

from tests.adapters.doors import ADMIN
from tests.servers.raw import Reply

TOKEN = "the-token-for-admins"
RIGHT = b"Authorization: Bearer " + TOKEN.encode()
WRONG = b"Authorization: Bearer another-token-of-good-length"
NUMBERS = (b"total_requests", b"endpoint_stats", b"uptime", b"<main>", b"openapi")

TARGETS = [
    f"{ADMIN}/stats",
    "/admin/performance%2Fstats",
    "/admin%2Fperformance%2Fstats",
    "/admin%2fperformance/stats",
    "%2Fadmin/performance/stats",
    "/%61dmin/performance/stats",
    "/%2561dmin/performance/stats",
    "/admin%252Fperformance/stats",
    "/admin/%70erformance/%73tats",
    "/./admin/performance/stats",
    "/admin/./performance/stats",
    "/x/../admin/performance/stats",
    "/admin/performance/../performance/stats",
    "/admin/performance/x/../stats",
    "/admin/performance/%2e%2e/performance/stats",
    "/admin/performance/..;/performance/stats",
    "/admin/performance/../../projects/7",
    "//admin/performance/stats",
    "///admin/performance/stats",
    "/admin//performance/stats",
    "/admin/performance//stats",
    "/admin/performance/stats/",
    "/admin/performance/stats//",
    "/ADMIN/performance/stats",
    "/Admin/Performance/Stats",
    "/admin/performance/STATS",
    "/admin/performance;x=1/stats",
    "/admin/performance;/stats",
    "/admin/performance/;x/stats",
    "/admin/performance/stats;jsessionid=1",
    "/admin/performance/stats%3bx",
    "/admin/performance\\stats",
    "/admin/performance%5cstats",
    "/admin/performance/stats%00",
    "/admin/performance%00/stats",
    "/admin/performance/stats%0d%0aX-Injected:%201",
    "/admin/performance/stats%20",
    "/admin/performance/stats.json",
    "/admin/performance/stats%3f",
    "/admin/performance/stats%23",
    "/admin/performance/stats#x",
    "/admin/performance/stats?x=%00&x=%ff",
    "/admin/performance%c0%afstats",
    "/admin%c0%afperformance%c0%afstats",
    "/admin/performance%ef%bc%8fstats",
    "/admin/performance/%e2%80%ae/stats",
    "/admin/performance/%ff%fe",
    "/admin/performance/%",
    "/admin/performance/%zz",
    "/admin/performance/assets/../stats",
    "/admin/performance/assets/..%2fstats",
    "/admin/performance/assets/page.css/../../stats",
    "http://evil.example/admin/performance/stats",
    "http://127.0.0.1/admin/performance/stats",
    "https://user:pass@evil.example:99999/admin/performance/stats",
    "HTTP://127.0.0.1//admin/performance/stats",
    "127.0.0.1:80",
    "*",
    "admin/performance/stats",
    "?/admin/performance/stats",
    "",
]

HEADERS: dict[str, tuple[bytes, ...]] = {
    "none": (),
    "wrong": (WRONG,),
    "wrong, then right": (WRONG, RIGHT),
    "right, then wrong": (RIGHT, WRONG),
    "right twice": (RIGHT, RIGHT),
    "underscore": (RIGHT.replace(b"Authorization", b"Authori_zation"), b"HTTP_AUTHORIZATION: x"),
    "folded": (b"Authorization: Bearer", b" " + TOKEN.encode()),
    "other url": (b"X-Original-URL: /admin/performance/stats", b"X-Rewrite-URL: /admin/performance/stats"),
    "prefix": (b"X-Forwarded-Prefix: /admin", b"Script-Name: /admin", b"SCRIPT_NAME: /admin", b"X-Script-Name: /admin"),
    "method": (b"X-HTTP-Method-Override: POST", b"X-Method-Override: POST"),
    "from here": (b"X-Forwarded-For: 127.0.0.1", b"Forwarded: for=127.0.0.1;proto=https", b"X-Real-IP: 127.0.0.1"),
    "same origin": (b"Sec-Fetch-Site: same-origin", b"Sec-Fetch-Site: none", b"Origin: http://127.0.0.1"),
    "hosts": (b"Host: evil.example", b"X-Forwarded-Host: 127.0.0.1"),
    "oversized": (b"Authorization: Bearer " + TOKEN.encode() + b"x" * 200_000,),
    "many": tuple(b"X-%d: y" % number for number in range(500)),
    "cookies": (b"Cookie: " + b"perftrack_00000000=1.0; " * 300, b"Cookie: perftrack_=1"),
}


def check(reply: Reply, what: object) -> None:
    """Fail when somebody without a credential got anything, or something broke."""
    check_whole(reply, what)
    assert not any(word in reply.body for word in NUMBERS), (what, reply)


def check_whole(reply: Reply, what: object) -> None:
    """Fail when something broke, or a header came that the client has written."""
    assert reply.status < 500 or reply.status in (501, 505), (what, reply)
    assert b"X-Injected: 1" not in reply.text.partition(b"\r\n\r\n")[0], (what, reply)
