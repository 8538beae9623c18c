"""The table: columns line up, durations can be read, and nothing that a client sent steers the terminal."""

from __future__ import annotations

import io

import pytest

from perftrack import PerformanceTracker
from perftrack.terminal import table
from perftrack.terminal.text import cut, one_line, paint, printable, wants_colour, width
from tests.support import FakeClock


def tracker(clock: FakeClock) -> PerformanceTracker:
    """Give a tracker with one quick, one slow and one failing endpoint."""
    made = PerformanceTracker(clock=clock, slow_query_threshold=0.5)
    for _ in range(98):
        made.record("GET", "/products/{id}", 200, 0.0123)
    made.record("GET", "/search", 200, 1.25)
    made.record("POST", "/checkout", 500, 0.01)
    return made


def rendered(measured: PerformanceTracker, colour: bool = False) -> list[str]:
    """Give the lines of the table."""
    return table.render(measured.stats(), measured.health(), colour).split("\n")


def test_totals_and_verdict_stand_above(clock: FakeClock) -> None:
    """The first lines say how much was measured, how well it went and why."""
    lines = rendered(tracker(clock))
    assert lines[0].startswith("100 requests, 100 in the last minute, 1 errors (1.0 %), 1 slow, p50 12.")
    assert lines[1] == "health: healthy"


def test_reasons_and_warnings_are_shown_once(clock: FakeClock) -> None:
    """Each reason of the verdict has a line, and each warning one, though stats and health both have it."""
    measured = tracker(clock)
    for _ in range(50):
        measured.record("POST", "/checkout", 500, 0.01)
    measured.warn("one worker of 2")
    lines = rendered(measured)
    assert lines[1] == "health: unhealthy"
    assert "POST /checkout" in lines[2]
    assert lines.count("warning: one worker of 2") == 1


def test_columns_line_up(clock: FakeClock) -> None:
    """All rows are as wide as the headings, also with names in wide letters, with an accent or too long."""
    measured = tracker(clock)
    for route in ("/商品", "/cafe\u0301", "/" + "x" * 200):
        measured.record("GET", route, 200, 0.001)
    rows = rendered(measured)[-7:]
    assert rows[0].split() == list(table.HEADINGS)
    assert len({width(row) for row in rows}) == 1
    assert all(width(row) <= 120 for row in rows)


def test_empty_tracker_shows_headings(clock: FakeClock) -> None:
    """Without a request there is a table without rows, and dashes for what has no sample."""
    lines = rendered(PerformanceTracker(clock=clock))
    assert lines[0].endswith("p50 -, p95 -, max -")
    assert lines[-1].split() == list(table.HEADINGS)


def test_names_cannot_steer_the_terminal(clock: FakeClock) -> None:
    """Escape sequences, line breaks and marks that turn the writing direction are written out."""
    measured = PerformanceTracker(clock=clock)
    measured.record("GET", "/\x1b[2J\n\u202etxt\x9b", 200, 0.001)
    text = "\n".join(rendered(measured))
    assert "/\\x1b[2J\\x0a\\u202etxt\\x9b" in text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_colours_mark_failing_and_slow_rows(clock: FakeClock) -> None:
    """With colours the text stays the same; failing rows are red and slow ones yellow."""
    measured = tracker(clock)
    coloured = rendered(measured, colour=True)
    assert any(line.startswith("\x1b[38;5;203mPOST /checkout") for line in coloured)
    assert any(line.startswith("\x1b[38;5;220mGET /search") for line in coloured)
    assert not any("\x1b" in line for line in rendered(measured))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0.0, "0 µs"),
        (0.0000004, "0 µs"),
        (0.00085, "850 µs"),
        (0.0009996, "1.00 ms"),
        (0.012345, "12.3 ms"),
        (0.09996, "100 ms"),
        (0.6, "600 ms"),
        (0.9996, "1.00 s"),
        (1.25, "1.25 s"),
        (75.0, "75.0 s"),
        (750.0, "750 s"),
    ],
)
def test_durations_have_three_digits(value: float | None, text: str) -> None:
    """A duration is given in the unit that suits it, rounded to three digits, without 1000 of the smaller unit."""
    assert table.seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.0 %"), (0.01, "<0.1 %"), (0.05, "0.1 %"), (100.0, "100.0 %")])
def test_small_rates_do_not_look_like_none(value: float, text: str) -> None:
    """Only a rate of 0 is shown as 0."""
    assert table.percent(value) == text


def test_text_is_made_inert() -> None:
    """What cannot be printed is written as its number; line breaks fold where one line is asked for."""
    assert printable("a\x00b\u2028\U000e0001é") == "a\\x00b\\u2028\\U000e0001é"
    assert one_line(" a\n  b\x07 ") == "a b\\x07"


def test_cut_keeps_to_the_columns() -> None:
    """A cut text ends with an ellipsis and is never wider than asked, also where a wide letter would stand astride."""
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cut("商品商品", 6) == "商品…"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_only_where_they_are_wanted(environ: dict[str, str]) -> None:
    """Colours go to terminals only, and not to those where somebody said no."""
    assert wants_colour(Terminal(), {"TERM": "xterm", "NO_COLOR": ""})
    assert not wants_colour(Terminal(), environ)
    assert not wants_colour(io.StringIO(), {})
    assert paint("x", "") == "x"
