"""Whatever clients send as a path stays text: in the JSON, in JSON that is put into a page, in terminals, in logs."""

from __future__ import annotations

import json
import re

import pytest

from perftrack.admin import Admin, AdminRequest
from perftrack.admin.answers import json_bytes
from perftrack.terminal import table
from tests.core.admin.fakes import SAME_ORIGIN, TOKEN, WatchedTracker, decoded, get, opened

HOSTILE = {
    "script": "/<script>alert(1)</script>",
    "closing": '/"></code></td></table><img src=x onerror="alert(1)">',
    "single quotes": "/' onmouseover='alert(1)",
    "entity": "/&lt;b&gt;&amp;",
    "comment": "/<!--",
    "right to left": "/\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    "isolates": "/\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "zero width": "/\u200b\u200d\ufeff\u00ad",
    "controls": "/\x00\x01\x07\x08\t\r\n\x0b\x1b[31m\x7f\x85\x9f",
    "line separators": "/\u2028\u2029",
    "lone surrogates": "/\udcff\ud800",
    "not a character": "/\ufffe\U0010ffff",
    "backslash": "/\\u003cb\\u003e",
    "long": "/" + "x" * 10_000,
    "hebrew": "/\u05d0\u05d1\u05d2",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_json_is_ascii_and_inert_in_html(kind: str) -> None:
    """No character that HTML, a terminal or a log line could read as its own; decoding gives the name back."""
    admin, tracker = opened(HOSTILE[kind])
    name = next(iter(tracker.stats()["endpoint_stats"]))
    tracker.record("GET", HOSTILE[kind], 200, 1.5)
    for target in ("/stats", "/slow-queries"):
        text = get(admin, target).body.decode("ascii")
        assert text.isprintable()
        assert not re.search("[<>&]", text)
    assert list(decoded(get(admin, "/stats"))["endpoint_stats"]) == [name]


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_terminal_shows_hostile_text_as_text(kind: str) -> None:
    """In the table of the command line there is no escape sequence, no direction and no line of theirs."""
    _, tracker = opened(HOSTILE[kind])
    tracker.record("GET", HOSTILE[kind], 500, 1.5)
    text = table.render(tracker.stats(), tracker.health(), colour=False)
    assert text.replace("\n", "").isprintable()
    rows = [line for line in text.splitlines() if line.startswith("GET ")]
    assert len(rows) == 1


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_hostile_reaches_the_log(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """As method, path, query, header and body of refused requests: the log lines have none of it."""
    text = HOSTILE[kind]
    admin = Admin(WatchedTracker(), access=TOKEN)
    headers = {**SAME_ORIGIN, "content-type": "application/json", "host": text, "cookie": text, "origin": text}
    for method, path, more in (
        (text, text, {}),
        ("POST", "/sign-in", {}),
        ("GET", "/stats", {"authorization": f"Bearer {text}"}),
    ):
        body = json.dumps({"token": text}).encode()[:4096]
        answer = admin.handle(AdminRequest(method, path, text, {**headers, **more}, {}, body))
        assert answer.status in (400, 401)
        assert text.encode("utf-8", "surrogatepass") not in answer.body
    [record] = caplog.records
    assert text not in caplog.text
    assert record.getMessage().isprintable()


def test_json_keeps_what_it_escapes() -> None:
    """The escapes change the text and not the value."""
    value = {"<script>&\x7f\u2028\udcff": ["</script>", 1.5, None, True]}
    assert json.loads(json_bytes(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_json_has_no_nan(number: float) -> None:
    """What JSON cannot say is an error here and a 500 outside, never sent."""
    with pytest.raises(ValueError, match="JSON"):
        json_bytes({"number": number})
