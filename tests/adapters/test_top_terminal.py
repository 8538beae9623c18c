"""`perftrack top` in a real pseudo-terminal, before a real server: keys, size, a server that goes away, and the end."""

from __future__ import annotations

import contextlib
import re
import signal
import threading
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING

import pytest

from perftrack import PerformanceTracker
from tests.adapters.remote_support import TOKEN, app_of, measured, served

pytest.importorskip("rich", reason="comes with the extra `cli`")
pytest.importorskip("pyte", reason="comes with the extra `test`")

from tests.adapters.pty_support import PATIENCE_SECONDS, Program, in_terminal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LEAVE_ALTERNATE_SCREEN, SHOW_CURSOR = b"\x1b[?1049l", b"\x1b[?25h"


@pytest.fixture
def tracker() -> PerformanceTracker:
    """What the served app has measured."""
    return measured()


@pytest.fixture
def url(tracker: PerformanceTracker) -> Generator[str, None, None]:
    """The URL of a served app."""
    with served(app_of(tracker)) as url:
        yield url


@pytest.fixture
def top(url: str) -> Generator[Program, None, None]:
    """A running `top` that has drawn its first picture."""
    with in_terminal("top", url, "--interval", "0.1", PERFTRACK_TOKEN=TOKEN) as program:
        program.until(is_complete)
        yield program


def is_complete(lines: list[str]) -> bool:
    """Whether there is a picture down to its last line."""
    return lines[-1].endswith("q quit")


def names(lines: list[str]) -> list[str]:
    """Give the endpoints on the screen."""
    return re.findall(r"^(?:GET|POST) /(\w+)", "\n".join(lines), re.MULTILINE)


def test_numbers_follow_the_app(top: Program, tracker: PerformanceTracker, url: str) -> None:
    """What is drawn is what the tracker has, and new requests show by themselves."""
    assert top.lines[0].startswith(f" HEALTHY  {url}")
    assert re.search(r"\d\d:\d\d:\d\d · every 0\.1 s$", top.lines[0])
    assert top.lines[2].split()[:2] == ["100", "100"]
    assert names(top.lines) == ["search", "products", "checkout"]
    for _ in range(23):
        tracker.record("GET", "/new", 200, 0.001)
    top.until(lambda lines: lines[2].startswith("123 ") and "new" in names(lines))


def test_sort_and_filter(top: Program) -> None:
    """The order is marked in the heading, and what is typed after / is at work at once."""
    assert "share▼" in top.text
    top.press("n")
    top.until(lambda lines: names(lines)[0] == "products" and "reqs▼" in "\n".join(lines))
    top.press("r")
    top.until(lambda lines: names(lines)[0] == "checkout" and "reqs▲" in "\n".join(lines))
    top.press("/sea")
    top.until(lambda lines: names(lines) == ["search"] and lines[-1].startswith("/sea_"))
    top.press("\r")
    top.until(lambda lines: lines[-1].startswith("filter 'sea'"))
    top.press("\x1b")
    top.until(lambda lines: len(names(lines)) == 3 and lines[-1].startswith("s sort"))


def test_scrolling(top: Program, tracker: PerformanceTracker) -> None:
    """The arrows and the page keys reach every row."""
    for number in range(200):
        tracker.record("GET", f"/page{number:03}", 200, 0.001)
    top.press("a")
    top.until(lambda lines: lines[-1].startswith("1-") and " of 203 " in lines[-1])
    top.press("\x1b[6~\x1b[B")
    top.until(lambda lines: "page000" not in names(lines) and "page020" in names(lines))
    top.press("\x1b[F")
    top.until(lambda lines: names(lines)[-1] == "checkout")
    top.press("\x1b[H")
    top.until(lambda lines: names(lines)[0] == "page000")


def test_pause(top: Program, tracker: PerformanceTracker) -> None:
    """While it is paused nobody is asked, and keys are still answered."""
    top.press("p")
    top.until(lambda lines: "paused at" in lines[0])
    tracker.record("GET", "/unseen", 200, 0.001)
    top.press("?")
    top.until(lambda lines: lines[-1] == "any key goes back")
    top.press("x")
    assert "unseen" not in names(top.until(is_complete))
    top.press("p")
    top.until(lambda lines: "unseen" in names(lines))


def test_resize(top: Program) -> None:
    """The picture takes the new size at once, also when it is paused."""
    top.press("p")
    top.until(lambda lines: "paused at" in lines[0])
    top.resize(160, 40)
    top.until(lambda lines: len(lines) == 40 and is_complete(lines) and "apdex" in lines[4])
    top.resize(60, 12)
    top.until(lambda lines: len(lines) == 12 and lines[-1].startswith("s sort") and "apdex" not in "\n".join(lines))


def test_a_server_that_goes_away_and_comes_back() -> None:
    """The last numbers stay with their time and the reason, and it goes on by itself."""
    with contextlib.ExitStack() as running:
        with served(app_of(measured())) as url:
            port = int(url.rpartition(":")[2])
            top = running.enter_context(in_terminal("top", url, "--interval", "0.1", PERFTRACK_TOKEN=TOKEN))
            top.until(is_complete)
        lines = top.until(lambda lines: "stale since" in lines[0])
        assert re.search(r"stale since \d\d:\d\d:\d\d$", lines[0])
        assert lines[1] == f"{url} refuses the connection; is the app running there?"
        assert len(names(lines)) == 3
        with served(app_of(measured()), port):
            lines = top.until(lambda lines: "every 0.1 s" in lines[0])
            assert not any("refuses" in line for line in lines)
        top.press("q")
        assert top.end() == 0


def test_keys_are_answered_while_the_app_is_not(tracker: PerformanceTracker) -> None:
    """An app that hangs does not hang the terminal: keys work while the answer is awaited."""
    answering, asked = threading.Event(), threading.Event()
    answering.set()
    app = app_of(tracker)

    def hanging(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not answering.is_set():
            asked.set()
        answering.wait(PATIENCE_SECONDS)
        return app(environ, start_response)

    with served(hanging) as url, in_terminal("top", url, "--interval", "0.1", PERFTRACK_TOKEN=TOKEN) as top:
        top.until(is_complete)
        answering.clear()
        assert asked.wait(PATIENCE_SECONDS)
        top.press("n")
        top.until(lambda lines: "reqs▼" in "\n".join(lines))
        top.press("q")
        assert top.end() == 0
        answering.set()


@pytest.mark.parametrize("way", ["q", "\x04", "\x03", signal.SIGTERM, signal.SIGINT])
def test_it_leaves_the_terminal_as_it_was(url: str, way: str | signal.Signals) -> None:
    """However it ends, the modes, the screen and the cursor are as before, and nothing of it stays."""
    with in_terminal("top", url, PERFTRACK_TOKEN=TOKEN) as top:
        before = top.settings()
        top.until(is_complete)
        assert top.settings() != before
        if isinstance(way, signal.Signals):
            top.process.send_signal(way)
        else:
            top.press(way)
        assert top.end() == 0
        assert top.settings() == before
        assert LEAVE_ALTERNATE_SCREEN in top.written
        assert top.written.rindex(SHOW_CURSOR) > top.written.index(b"\x1b[?25l")
        assert b"Traceback" not in top.written


def test_ctrl_z_steps_aside(top: Program) -> None:
    """The terminal is given back before the program stops; where nobody could wake it, it goes on at once."""
    top.press("\x1a")
    top.until(lambda lines: LEAVE_ALTERNATE_SCREEN in top.written and top.written.count(b"\x1b[?1049h") == 2)
    top.press("n")
    top.until(lambda lines: "reqs▼" in "\n".join(lines))


def test_what_is_wrong_from_the_start_is_one_line(url: str) -> None:
    """Without an answer nothing is drawn."""
    with in_terminal("top", url, "--token", "of-somebody-else") as top:
        assert top.end() == 2
    assert top.text.strip().startswith(f"perftrack: {url} does not accept the token of --token")
    assert b"\x1b" not in top.written


def test_a_terminal_of_few_letters(url: str) -> None:
    """Where the terminal is not UTF-8, what is drawn is ASCII."""
    with in_terminal("top", url, PERFTRACK_TOKEN=TOKEN, PYTHONIOENCODING="ascii:replace") as top:
        top.until(is_complete)
        top.press("q")
        assert top.end() == 0
    assert top.written.isascii()
    assert b"sharev" in top.written


def test_names_cannot_steer_the_terminal(top: Program, tracker: PerformanceTracker) -> None:
    """Of what a client sent no byte arrives as a command of the terminal."""
    tracker.record("GET", "/\x1b]0;owned\x07\x1b[31;5m\x9b2J", 500, 90.0)
    top.until(lambda lines: any(line.startswith("GET /\\x1b]0;owned") for line in lines))
    assert b"\x1b]0" not in top.written
    assert b"[31;5m" not in top.written.replace(b"\\x1b[31;5m", b"")
    assert top.lines[0].startswith(" HEALTHY")


def test_no_colour(url: str) -> None:
    """With NO_COLOR there is no colour."""
    with in_terminal("top", url, PERFTRACK_TOKEN=TOKEN, NO_COLOR="1") as top:
        top.until(is_complete)
        top.press("q")
        top.end()
    assert not re.search(rb"\x1b\[(?:[\d;]*;)?[34]\d", top.written)
