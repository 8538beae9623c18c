"""What each key does to the view, and what the view shows of the endpoints."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perftrack import PerformanceTracker
from perftrack_cli.top.glyphs import ASCII, CONSOLE, UNICODE, folded, glyphs_for, share_bar, spark
from perftrack_cli.top.keys import keys_in
from perftrack_cli.top.tiles import count
from perftrack_cli.top.view import SORTS, View, pressed
from tests.adapters.remote_support import measured

ROOM = 10


def after(*keys: str, view: View | None = None) -> View:
    """Give the view after some keys."""
    view = view or View()
    for key in keys:
        view = pressed(view, key, ROOM)
    return view


def names(view: View, tracker: PerformanceTracker | None = None) -> list[str]:
    """Give the names of the rows, in order."""
    return [name.split("/")[1] for name, _ in view.rows((tracker or measured()).stats()["endpoint_stats"])]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("t", ["search", "products", "checkout"]),
        ("n", ["products", "search", "checkout"]),
        ("m", ["products", "search", "checkout"]),
        ("e", ["checkout", "products", "search"]),
        ("l", ["search", "products", "checkout"]),
        ("a", ["products", "search", "checkout"]),
    ],
)
def test_each_order_has_a_key(key: str, expected: list[str]) -> None:
    """The largest comes first, equals go by name; names go by the alphabet."""
    assert names(after(key)) == expected


def test_s_goes_round_the_orders() -> None:
    """Each press takes the next one, and S goes back."""
    assert [after(*"s" * presses).sort for presses in range(len(SORTS) + 1)] == [*SORTS, SORTS[0]]
    assert after("s", "S") == View()


def test_r_turns_the_order_round() -> None:
    """Also that of names; another order begins with its largest again."""
    assert names(after("n", "r")) == ["checkout", "search", "products"]
    assert names(after("a", "r")) == ["checkout", "search", "products"]
    assert not after("n", "r", "e").reverse


def test_rows_without_a_duration_come_last() -> None:
    """An endpoint that has only streams has no p95, and is below those that have one."""
    tracker = measured()
    rows = tracker.stats()["endpoint_stats"]
    rows["GET /feed"] = {**rows["GET /search"], "p95_duration": None}
    assert [name for name, _ in View(sort="p95").rows(rows)][-1] == "GET /feed"


def test_filter() -> None:
    """Words in any letters, all of which must be in the name; Enter keeps the filter, Escape takes it away."""
    typed = after("/", *"GET PROD")
    assert typed.typing
    assert names(typed) == ["products"]
    assert after("enter", view=typed) == replace(typed, typing=False)
    assert after("escape", view=typed) == View()
    assert after("enter", "escape", view=typed) == View()
    assert after("backspace", "backspace", view=typed).filter == "GET PR"
    assert after("clear", view=typed).filter == ""


def test_keys_are_letters_while_a_filter_is_typed() -> None:
    """q does not leave, arrows add nothing, and a text that is too long ends."""
    typed = after("/", "q", "up", "ü", "suspend")
    assert (typed.filter, typed.leaving) == ("qü", False)
    assert len(after("/", *"x" * 100).filter) == 60


def test_scrolling_stays_within_the_rows() -> None:
    """A page is what is shown; beyond the last row there is nothing to see."""
    assert after("down", "down", "up").first == 1
    assert after("up").first == 0
    assert after("page down", "page down").first == 2 * ROOM
    assert after("G").scrolled(25, ROOM).first == 15
    assert after("G", "g").first == 0
    assert after("down").scrolled(3, ROOM).first == 0
    assert after("down", "down", "s").first == 0


def test_pace_and_pause() -> None:
    """Plus asks more often and minus less, within what is sensible; space and p pause and go on."""
    assert [after(*"-" * presses).interval for presses in range(5)] == [2, 5, 10, 30, 30]
    assert [after(*"+" * presses).interval for presses in range(3)] == [2, 1, 1]
    assert after("+", view=View(interval=0.3)).interval == 0.3
    assert after("p").paused
    assert not after("p", " ").paused


def test_help_goes_away_with_any_key() -> None:
    """The key that ends the help does nothing else, but q leaves."""
    assert after("?", "s") == View()
    assert after("?", "q").leaving
    assert after("q").leaving


def test_keys_without_a_meaning() -> None:
    """They change nothing."""
    assert after("x", "enter", "backspace", "redraw", "7", "") == View()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("sé", ["s", "é"]),
        ("\x1b[A\x1bOB\x1b[5~\x1b[6~", ["up", "down", "page up", "page down"]),
        ("\x1b[H\x1b[F\x1b[1~\x1b[4~", ["home", "end", "home", "end"]),
        ("\x1b", ["escape"]),
        ("\x1b[1;5C\x1b[200~x\x1b[M", ["x"]),
        ("\r\n\x7f\x15\x1a", ["enter", "enter", "backspace", "clear", "suspend"]),
        ("\x00\x01\u202e", []),
    ],
)
def test_keys_in(text: str, keys: list[str]) -> None:
    """Letters are themselves, sequences have names, what is unknown is left out whole."""
    assert keys_in(text) == keys


def test_spark() -> None:
    """The largest value is the highest bar; nothing at all is the lowest, and no value is a blank."""
    assert spark([0, 1, None, 4, 8], 9, UNICODE) == "▁▂ ▅█"
    assert spark([0, 0], 9, UNICODE) == "▁▁"
    assert spark([None, None], 9, UNICODE) == "  "
    assert spark([], 9, UNICODE) == ""
    assert spark([0.001, 1000], 9, ASCII) == ".@"


def test_folding_loses_no_peak() -> None:
    """Of the values that share a column the largest is shown, and every value has a column."""
    values = [0.0] * 60
    for place in range(60):
        peaked = [*values[:place], 5.0, *values[place + 1 :]]
        assert sorted(each or 0 for each in folded(peaked, 8)) == [0] * 7 + [5]
    assert folded([None, None, 3], 2) == [None, 3]


def test_signs_follow_the_terminal() -> None:
    """Where the letters are few, so are the signs."""
    assert glyphs_for("utf-8") is glyphs_for("utf-8", "xterm") is UNICODE
    assert glyphs_for("utf-8", "linux") is CONSOLE
    assert glyphs_for("ascii", "linux") is ASCII
    assert [glyphs_for(each) for each in ("ascii", "iso-8859-1", None, "no-such-encoding")] == [ASCII] * 4


def test_share_bar() -> None:
    """It is full at 100 percent."""
    assert [len(share_bar(share, 10, UNICODE)) for share in (0, 4, 6, 50, 100, 120)] == [0, 0, 1, 5, 10, 10]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (99999, "99,999"), (1e5, "100k"), (999_499, "999k"), (999_600, "1M"), (1.2e6, "1.2M"), (1e14, "100T")],
)
def test_large_counts_stay_narrow(value: float, text: str) -> None:
    """Up to 99,999 each request shows."""
    assert count(value) == text
