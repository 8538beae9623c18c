"""The dashboard's files: what they are, what they need, and for whom they are."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files

import pytest

from perftrack import Tokens
from perftrack.admin import Admin, AdminRequest, AdminResponse
from perftrack.admin.page import ASSETS
from tests.core.admin.fakes import TOKEN, WatchedTracker, get, header, opened

FOLDER = files("perftrack.admin") / "assets"
MOST_ON_THE_WIRE = 35_000
MOST_AS_FILES = 80_000
VIEWER = "a-token-only-for-looking"


def text_of(response: AdminResponse) -> str:
    """Return the text of an answer."""
    return response.body.decode("utf-8")


def links(html: str) -> list[str]:
    """Return the addresses of *html*, without those that hold their content."""
    return [link for link in re.findall(r'(?:href|src|action)="([^"]*)"', html) if not link.startswith("data:")]


def test_every_file_is_served() -> None:
    """The table has all files of the folder, and no other; the page itself is served at its own path."""
    assert {path.name for path in FOLDER.iterdir()} == {"page.html", *ASSETS}


def test_it_takes_no_snapshot() -> None:
    """The page holds no number: whoever opens it costs the app nothing but its bytes."""
    admin, tracker = opened()
    response = get(admin, "/")
    assert (response.status, header(response, "Content-Type")) == (200, "text/html; charset=utf-8")
    assert tracker.calls == []
    assert "/projects" not in text_of(response)


def test_it_needs_nothing_inline() -> None:
    """The policy of its headers forbids inline scripts and styles, so it must not rely on them."""
    admin, _ = opened()
    response = get(admin, "/")
    assert not re.search(r"<script>|<style|style=|\son\w+=", text_of(response))
    policy = header(response, "Content-Security-Policy") or ""
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "unsafe" not in policy


def test_its_links_hold_under_any_prefix() -> None:
    """All addresses are relative, and those of ours exist."""
    admin, _ = opened()
    found = links(text_of(get(admin, "/")))
    assert len(found) > len(ASSETS)
    for link in found:
        assert not link.startswith("/")
        assert "//" not in link
        assert get(admin, f"/{link}").status == (405 if link == "sign-out" else 200)


def test_scripts_ask_for_nothing_elsewhere() -> None:
    """No script names another origin, writes markup or evaluates text; every import is one of the files."""
    for name in ASSETS:
        text = (FOLDER / name).read_text(encoding="utf-8")
        addresses = re.findall(r"https?://[^\s\"'`)]*", text)
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}, name
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|@import|url\(", text)
        for imported in re.findall(r'from "\./([^"]*)"', text):
            assert imported in ASSETS


def test_all_modules_are_loaded_at_once() -> None:
    """Each module that another imports is named in the head, so that none is found late."""
    admin, _ = opened()
    named = set(re.findall(r'modulepreload" href="assets/([^"]*)"', text_of(get(admin, "/"))))
    imported = {
        module for name in ASSETS for module in re.findall(r'from "\./([^"]*)"', (FOLDER / name).read_text("utf-8"))
    }
    assert named == imported | {"main.js"}


def test_the_early_request_is_the_one_that_is_made() -> None:
    """The head asks for the numbers before the script runs; another address would only be asked for in addition."""
    admin, _ = opened()
    [early] = re.findall(r'as="fetch" crossorigin href="([^"]*)"', text_of(get(admin, "/")))
    assert f'"{early}"' in (FOLDER / "numbers.js").read_text("utf-8")


def test_it_is_light() -> None:
    """Page and files together, as they are shipped and as a browser asks for them."""
    admin, _ = opened()
    assert sum(len((FOLDER / name).read_bytes()) for name in ("page.html", *ASSETS)) < MOST_AS_FILES
    paths = ("/", *(f"/assets/{name}" for name in ASSETS))
    sizes = [len(get(admin, path, **{"accept-encoding": "gzip, deflate, br"}).body) for path in paths]
    assert sum(sizes) < MOST_ON_THE_WIRE


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("br", False),
        ("x-gzip", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("path", ["/", "/assets/main.js"])
def test_it_is_packed_for_who_can_unpack(path: str, accepted: str, packed: bool) -> None:
    """The same content either way, with a length that is right, and caches are told."""
    admin, _ = opened()
    plain, answer = get(admin, path), get(admin, path, **{"accept-encoding": accepted})
    assert header(answer, "Content-Encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(answer.body) if packed else answer.body) == plain.body
    assert header(answer, "Content-Length") == str(len(answer.body))
    assert header(answer, "Vary") == header(plain, "Vary") == "Accept-Encoding"


def test_numbers_are_not_packed() -> None:
    """Packing them would take the app's time at every tick."""
    admin, _ = opened()
    assert header(get(admin, "/stats", **{"accept-encoding": "gzip"}), "Content-Encoding") is None


@pytest.mark.parametrize(
    ("token", "by_cookie", "marks"),
    [
        (TOKEN, False, ""),
        (TOKEN, True, " data-signed-in"),
        (VIEWER, False, " data-viewer"),
        (VIEWER, True, " data-viewer data-signed-in"),
    ],
)
def test_it_knows_for_whom_it_is(token: str, by_cookie: bool, marks: str) -> None:
    """Viewers cannot reset, and who came in by a cookie can sign out: the style sheet goes by the marks."""
    tokens = Tokens(TOKEN, VIEWER)
    headers = {"authorization": f"Bearer {token}"}
    if by_cookie:
        found = tokens.sign_in(token, None, secure=False)
        assert found
        headers = {"cookie": found[1].partition(";")[0]}
    answer = Admin(WatchedTracker(), access=tokens).handle(AdminRequest("GET", "/", "", headers))
    assert f"<body{marks}>" in text_of(answer)
