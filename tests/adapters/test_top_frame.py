"""The picture of `perftrack top`: fixed numbers give fixed lines, which fit and are inert."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from perftrack import PerformanceTracker
from perftrack_cli.top.frame import Frame, Size, frame
from perftrack_cli.top.glyphs import ASCII, UNICODE
from perftrack_cli.top.reading import Reading, State
from perftrack_cli.top.tiles import MEANINGS, tiles
from perftrack_cli.top.view import View
from tests.support import FakeClock

pytest.importorskip("rich", reason="comes with the extra `cli`")

SMALL, WIDE = Size(80, 24), Size(160, 30)
SHOWN = "http://localhost:8000"
NOON = 43200.0


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock on the wall shows the same everywhere."""
    monkeypatch.setenv("TZ", "UTC0")
    time.tzset()


@pytest.fixture
def tracker(clock: FakeClock) -> PerformanceTracker:
    """A shop after ten minutes: in the second five there was half as much traffic again, and some failed."""
    made = PerformanceTracker("frames", clock=clock, memory="private", slow_query_threshold=0.5)
    for slot in range(60):
        for _ in range(10 if slot < 30 else 15):
            made.record("GET", "/products/{id}", 200, 0.01 if slot < 30 else 0.02)
        made.record("GET", "/search", 200, 0.25)
        made.record("POST", "/checkout", 500 if slot % 10 == 9 else 201, 0.01)
        clock.tick(10)
    made.record("GET", "/search", 200, 1.25)
    return made


def state_of(tracker: PerformanceTracker, failure: str | None = None) -> State:
    """Give what top has got of *tracker* at noon."""
    return State(Reading(tracker.stats(), tracker.health(), tracker.series(), NOON), failure)


def drawn(state: State, view: View | None = None, size: Size = SMALL) -> Frame:
    """Draw the picture."""
    return frame(state, view or View(), size, UNICODE, SHOWN)


def lines(state: State, view: View | None = None, size: Size = SMALL) -> list[str]:
    """Give the text of the picture, without the blanks at the ends of lines."""
    return [line.plain.rstrip() for line in drawn(state, view, size).lines]


PICTURE = """\
 HEALTHY  http://localhost:8000                             12:00:00 · every 2 s
requests        per minute      errors          p50             p95
871             86              0.7 %           19.9 ms         249 ms
█████████ ↑42%  █████████ ↑42%  ▁▁█▁▁█▁▁█ ↓29%  █████████ ↑100% █████████ =
p99             slow            in flight       uptime          workers
249 ms          1               0               0h 10m          1
█████████ =     ▁▁▁▁▁▁▁▁▁       ▁▁▁▁▁▁▁▁▁                       of this process
endpoint                  last min   reqs    rpm  errors     p50     p95  share▼
GET /search               ▁███▁███     61      6   0.0 %  250 ms  250 ms  56.3 %
GET /products/{id}        ▁███▁██▁    750     75   0.0 % 19.9 ms 19.9 ms  41.6 %
POST /checkout            ▁███▁██▁     60      5  10.0 % 10.0 ms 10.0 ms   2.1 %












s sort  r reverse  / filter  p pause  + - pace  ? help  q quit"""


def test_picture(tracker: PerformanceTracker) -> None:
    """Verdict, tiles with trends and changes, and the endpoints, in 80 columns and 24 lines."""
    assert "\n".join(lines(state_of(tracker))) == PICTURE


def test_wide_picture(tracker: PerformanceTracker) -> None:
    """With more room all tiles stand in one row, and the endpoints have all columns."""
    picture = lines(state_of(tracker), size=WIDE)
    assert picture[1].split("  ")[0] == "requests"
    assert picture[1].split()[-1] == "workers"
    assert picture[4].split() == "endpoint last min reqs rpm errors avg p50 p95 p99 max slow apdex share▼".split()
    assert picture[5].endswith("%  ██████") or "█" in picture[5]


@pytest.mark.parametrize("columns", [38, 40, 47, 63, 64, 79, 80, 81, 99, 160, 250])
@pytest.mark.parametrize("height", [1, 9, 10, 16, 24, 60])
def test_every_size(tracker: PerformanceTracker, columns: int, height: int) -> None:
    """Whatever the size, there are as many lines as fit, none is too wide, and the keys are in the last."""
    size = Size(columns, height)
    picture = drawn(state_of(tracker, "no answer"), size=size).lines
    assert all(line.cell_len <= columns for line in picture)
    assert len(picture) <= height
    if columns >= 40 and height >= 10:
        assert len(picture) == height
        assert picture[-1].plain.startswith("s sort")
        assert any("endpoint" in line.plain for line in picture)
    else:
        assert picture[0].plain.startswith("perftrack: this terminal is too")


def test_tiles_are_those_that_are_explained(tracker: PerformanceTracker) -> None:
    """Each tile has its line in the help, in the same order; and the help fits into 80 columns."""
    assert [tile.label for tile in tiles(state_of(tracker).reading, UNICODE)] == list(MEANINGS)
    picture = lines(state_of(tracker), View(help=True))
    assert all(any(line.startswith(f"  {label}") for line in picture) for label in MEANINGS)
    assert picture[-1] == "any key goes back"
    assert not any("…" in line for line in picture)


def test_change_against_the_window_before(tracker: PerformanceTracker) -> None:
    """Half as much traffic again, twice the time; what was nothing before has no change."""
    changes = {tile.label: tile.change for tile in tiles(state_of(tracker).reading, ASCII)}
    assert changes["requests"] == "+42%"
    assert changes["p50"] == "+100%"
    assert changes["slow"] == ""


def test_nothing_yet(clock: FakeClock) -> None:
    """An app that nobody has asked has tiles without numbers and a line instead of rows."""
    picture = lines(state_of(PerformanceTracker("nothing", clock=clock, memory="private")))
    assert "no request has finished yet" in picture
    assert "warning: too few requests" in picture


def test_filtered(tracker: PerformanceTracker) -> None:
    """The last line shows what is typed, then what is kept; without a match a line says so."""
    picture = lines(state_of(tracker), View(filter="search", typing=True))
    assert picture[-1] == "/search_   Enter keeps it, Esc clears it"
    assert sum(line.startswith("GET ") for line in picture) == 1
    assert lines(state_of(tracker), View(filter="search"))[-1].startswith("filter 'search'  s sort")
    assert "no endpoint matches 'xyz'" in lines(state_of(tracker), View(filter="xyz"))


def test_more_rows_than_lines(tracker: PerformanceTracker) -> None:
    """The part that is shown is named, and scrolling ends at the last row."""
    for number in range(100):
        tracker.record("GET", f"/page-{number:03}", 200, 0.001)
    picture = drawn(state_of(tracker), View(sort="name", first=1000))
    assert picture.view.first + picture.room == 103
    assert picture.lines[-1].plain.startswith(f"{103 - picture.room + 1}-103 of 103  s sort")
    assert picture.lines[-2].plain.startswith("POST /checkout")


def test_stale(tracker: PerformanceTracker) -> None:
    """Without an answer the last numbers stay, with their time and the reason."""
    picture = lines(state_of(tracker, "http://localhost:8000 refuses the connection"))
    assert picture[0].endswith("stale since 12:00:00")
    assert picture[1] == "http://localhost:8000 refuses the connection"
    assert any(line.startswith("GET /search") for line in picture)


def test_paused(tracker: PerformanceTracker) -> None:
    """The time of the numbers stays visible."""
    assert lines(state_of(tracker), View(paused=True))[0].endswith("paused at 12:00:00")


def test_reasons_and_warnings(tracker: PerformanceTracker) -> None:
    """They stand below the title, the reasons first, at most three lines with a count of the rest."""
    for _ in range(200):
        tracker.record("POST", "/checkout", 500, 2.0)
    for number in range(5):
        tracker.warn(f"warning number {number}")
    picture = lines(state_of(tracker))
    assert picture[0].startswith(" UNHEALTHY ")
    assert picture[1].startswith("the error rate of ")
    assert picture[2].startswith("the number of slow requests, ")
    assert picture[3] == "warning: warning number 0 (and 4 more)"
    assert len(picture) == 24


def test_names_cannot_steer_the_terminal(tracker: PerformanceTracker) -> None:
    """Everything that a client or a server sent is inert, also in the title and in the reason of a failure."""
    tracker.record("GET", "/\x1b[2J\u202e\x9b\n", 500, 9.0)
    tracker.warn("\x1b]0;owned\x07")
    picture = frame(state_of(tracker, "\x1b[31m\nred"), View(filter="", sort="p95"), SMALL, UNICODE, "http://x/\x1b[H")
    text = [line.plain for line in picture.lines]
    assert text[5 + 3].startswith("endpoint") or any(line.startswith("endpoint") for line in text)
    assert any(line.startswith("GET /\\x1b[2J\\u202e") for line in text)
    assert all(line.isprintable() for line in text)


def test_wide_letters_keep_the_columns(tracker: PerformanceTracker) -> None:
    """A name in letters of two columns moves no number."""
    tracker.record("GET", "/" + "商品" * 20, 200, 0.001)
    rows = [line for line in drawn(state_of(tracker)).lines if line.plain.startswith(("GET", "POST", "endpoint"))]
    assert {row.cell_len for row in rows} == {80}


def test_markup_is_text(tracker: PerformanceTracker) -> None:
    """What looks like the markup of rich is shown as it is."""
    tracker.record("GET", "/[bold red]x[/]", 200, 0.001)
    assert any(line.startswith("GET /[bold red]x[/]") for line in lines(state_of(tracker)))


def test_signs_of_few_letters(tracker: PerformanceTracker) -> None:
    """In a terminal that has only ASCII nothing else is drawn."""
    picture = frame(state_of(tracker), replace(View(), reverse=True), WIDE, ASCII, SHOWN)
    assert all(line.plain.replace("µ", "u").isascii() for line in picture.lines)
