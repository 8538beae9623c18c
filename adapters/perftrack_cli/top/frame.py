"""One picture of `perftrack top`: lines of text that fit into the terminal, nothing in them can steer it."""

from __future__ import annotations

import time
from typing import NamedTuple

from rich.text import Text

from perftrack.terminal.text import cut, one_line, printable, width
from perftrack_cli.top.columns import Column, fitting, padded
from perftrack_cli.top.glyphs import Glyphs, spark
from perftrack_cli.top.reading import Reading, State
from perftrack_cli.top.tiles import MEANINGS, Tile, tiles
from perftrack_cli.top.view import Row, View

STATUS_STYLES = {"healthy": "bold black on green", "degraded": "bold black on yellow", "unhealthy": "bold white on red"}
NOTE_STYLES = {"healthy": "", "degraded": "yellow", "unhealthy": "red"}
MOST_NOTES = 3
FEWEST_TABLE_LINES = 4
TILE_COLUMNS = 16
SPARK_COLUMNS = 9
SHORT = "s sort  r reverse  / filter  p pause  + - pace  ? help  q quit"
KEYS = (
    ("t n m e l a", "sort by time share, number, minute, errors, p95 (latency), a-z"),
    ("s S", "next and last order"),
    ("r", "the other way round"),
    ("/", "filter by words in the name; Enter keeps it, Esc clears it"),
    ("up down, j k", "scroll; also page up, page down, g, G"),
    ("p, space", "pause"),
    ("+ -", "more often, less often"),
    ("q", "quit"),
)


class Size(NamedTuple):
    """Of the terminal."""

    columns: int
    lines: int


SMALLEST = Size(40, 10)


class Frame(NamedTuple):
    """The lines, the view with its first row where there is one, and how many rows are a page."""

    lines: list[Text]
    view: View
    room: int


def frame(state: State, view: View, size: Size, glyphs: Glyphs, shown: str) -> Frame:
    """Draw *state* as *view* has it; *shown* is the address."""
    if size.columns < SMALLEST.columns or size.lines < SMALLEST.lines:
        return Frame([_line("perftrack: this terminal is too small", size)], view, 1)
    if view.help:
        return Frame(_fitted(_help(size), _line("any key goes back", size), size), view, 1)
    head = [_title(state, view, size, glyphs, shown), *_notes(state, size)]
    head += _tiles(state.reading, size, glyphs, size.lines - len(head) - FEWEST_TABLE_LINES - 1)
    room = max(1, size.lines - len(head) - 2)
    rows = view.rows(state.reading.stats["endpoint_stats"])
    view = view.scrolled(len(rows), room)
    table = _table(rows[view.first : view.first + room], view, size, glyphs)
    return Frame(_fitted([*head, *table], _footer(view, len(rows), room, size), size), view, room)


def _fitted(lines: list[Text], footer: Text, size: Size) -> list[Text]:
    body = lines[: size.lines - 1]
    return [*body, *[Text("")] * (size.lines - 1 - len(body)), footer]


def _line(text: str, size: Size, style: str = "") -> Text:
    return Text(cut(printable(text), size.columns), style=style, no_wrap=True)


def _title(state: State, view: View, size: Size, glyphs: Glyphs, shown: str) -> Text:
    status = state.reading.health["status"]
    badge = f" {status.upper()} "
    right = _freshness(state, view, glyphs)
    room = size.columns - len(badge) - width(right) - 3
    name = cut(printable(shown), max(8, room))
    gap = " " * max(1, size.columns - len(badge) - 1 - width(name) - width(right))
    text = Text(no_wrap=True)
    text.append(badge, STATUS_STYLES[status]).append(" ").append(name, "bold").append(gap)
    return text.append(right, "bold yellow" if state.failure or view.paused else "dim")


def _freshness(state: State, view: View, glyphs: Glyphs) -> str:
    at = time.strftime("%H:%M:%S", time.localtime(state.reading.at))
    if state.failure is not None:
        return f"stale since {at}"
    return f"paused at {at}" if view.paused else f"{at} {glyphs.dot} every {view.interval:g} s"


def _notes(state: State, size: Size) -> list[Text]:
    """Return what speaks against the numbers or the app, the worst first, in at most three lines."""
    health, stats = state.reading.health, state.reading.stats
    notes = [] if state.failure is None else [(one_line(state.failure), "bold red")]
    notes += [(reason["message"], NOTE_STYLES[reason["status"]]) for reason in health["reasons"]]
    notes += [(f"warning: {text}", "yellow") for text in dict.fromkeys([*stats["warnings"], *health["warnings"]])]
    most = MOST_NOTES if size.lines >= 20 else 1
    if len(notes) > most:
        notes[most - 1 :] = [(f"{notes[most - 1][0]} (and {len(notes) - most} more)", notes[most - 1][1])]
    return [_line(text, size, style) for text, style in notes]


def _tiles(reading: Reading, size: Size, glyphs: Glyphs, most: int) -> list[Text]:
    """Return the tiles that fit into *most* lines."""
    each = tiles(reading, glyphs)
    per_line = max(2, min(len(each), size.columns // TILE_COLUMNS))
    if per_line > 5:
        per_line = 5 if per_line < 10 else 10
    columns = min(size.columns // per_line, 20)
    lines: list[Text] = []
    for start in range(0, len(each), per_line):
        row = _tile_lines(each[start : start + per_line], columns, size, glyphs)
        lines += row if len(lines) + len(row) <= most else []
    return lines


def _tile_lines(row: list[Tile], columns: int, size: Size, glyphs: Glyphs) -> list[Text]:
    """Return labels, numbers, and in a terminal that is high enough trends with changes."""
    labels, numbers, trends = (Text(no_wrap=True) for _ in range(3))
    for tile in row:
        labels.append(_cell(tile.label, columns), "dim")
        numbers.append(_cell(tile.value, columns), "bold")
        drawn = spark(tile.trend, SPARK_COLUMNS, glyphs)
        trends.append(drawn, "cyan")
        trends.append(_cell(f" {tile.change}" if drawn else tile.change, columns - width(drawn)), "dim")
    return [labels, numbers, trends] if size.lines >= 20 else [labels, numbers]


def _cell(text: str, columns: int) -> str:
    kept = cut(text, columns - 1)
    return kept + " " * (columns - width(kept))


def _table(rows: list[Row], view: View, size: Size, glyphs: Glyphs) -> list[Text]:
    name_columns, columns = fitting(size.columns)
    heading = _heading(name_columns, columns, view, glyphs)
    if rows:
        return [heading, *(_row(row, name_columns, columns, glyphs) for row in rows)]
    nothing = f"no endpoint matches {view.filter!r}" if view.filter else "no request has finished yet"
    return [heading, _line(nothing, size, "dim")]


def _heading(name_columns: int, columns: list[Column], view: View, glyphs: Glyphs) -> Text:
    mark = glyphs.up if view.reverse else glyphs.down
    name = f"endpoint{mark}" if view.sort == "name" else "endpoint"
    cells = [name + " " * (name_columns - width(name))]
    cells += [padded(column.heading + (mark if column.sort == view.sort else ""), column) for column in columns]
    return Text(" ".join(cells), style="bold reverse", no_wrap=True)


def _row(row: Row, name_columns: int, columns: list[Column], glyphs: Glyphs) -> Text:
    name = cut(printable(row[0]), name_columns)
    text = Text(name + " " * (name_columns - width(name)), no_wrap=True)
    for column in columns:
        text.append(" ").append(padded(column.cell(row[1], glyphs), column), column.style(row[1]))
    return text


def _footer(view: View, count: int, room: int, size: Size) -> Text:
    if view.typing:
        return _line(f"/{view.filter}_   Enter keeps it, Esc clears it", size, "bold")
    kept = f"filter {view.filter!r}  " if view.filter else ""
    last = min(view.first + room, count)
    where = f"{view.first + 1}-{last} of {count}  " if count > room else ""
    return _line(f"{kept}{where}{SHORT}", size, "dim")


def _help(size: Size) -> list[Text]:
    keys = [_line(f"  {name:<14}{meaning}", size) for name, meaning in KEYS]
    meanings = [_line(f"  {name:<14}{meaning}", size) for name, meaning in MEANINGS.items()]
    tiles_head = "numbers: below each the last 5 minutes, and the change against the 5 before"
    return [_line("keys", size, "bold"), *keys, Text(""), _line(tiles_head, size, "bold"), *meanings]
