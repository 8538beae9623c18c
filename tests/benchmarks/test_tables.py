"""The tables of the benchmark."""

from __future__ import annotations

import pytest

from benchmarks.results import Curve, Figure, Results, Spread
from benchmarks.tables import curve_rows, limit_rows, limits_table, markdown, number


@pytest.mark.parametrize(
    ("median", "aim", "verdict"),
    [(1.3, 1.0, "missed"), (1.25, 1.0, "met"), (1.0, 1.0, "met, and the aim"), (0.5, None, "met")],
)
def test_verdict(median: float, aim: float | None, verdict: str) -> None:
    """A limit is met by what is as much, not by what is more."""
    assert Figure("record", Spread(median, 0.0, 9.0), "x", 1.25, aim).verdict == verdict


def test_without_limit_no_verdict() -> None:
    """A figure that informs is in no table of limits."""
    figure = Figure("record", Spread.of([1.0]), "x")
    assert figure.verdict == ""
    assert limit_rows([figure]) == []


def test_row_of_a_limit() -> None:
    """A row has the limits, what was seen with its quartiles, and the verdict."""
    [row] = limit_rows([Figure("added", Spread(0.2, 0.1, 0.3), "x", 1 / 8, 1 / 20)])
    assert row == ("added", "<= 0.125", "<= 0.05", "0.20 x", "[0.10 0.30]", "missed")


def test_columns_are_aligned() -> None:
    """All lines of a table end their columns in the same place."""
    figures = [Figure(name, Spread.of([1.0]), "x", 2.0, 1.0) for name in ("a", "a long name")]
    head, first, second = limits_table(figures).splitlines()
    assert first.index("<= 2") == second.index("<= 2")
    assert head.index("must") + len("must") == first.index("<= 2") + len("<= 2")


def test_curve_rows() -> None:
    """A curve has a column for each of its places and a row for each line."""
    curve = Curve("Cost", "requests", "x", (10.0, 1000.0), {"record": (Spread.of([1.0]), Spread.of([1.5]))})
    assert curve_rows(curve) == [("Cost, x", "10", "1,000"), ("record", "1.00", "1.50")]


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0.00"), (0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234")]
)
def test_number(value: float, written: str) -> None:
    """Three digits count, and all before the point."""
    assert number(value) == written


def test_markdown_escapes_its_sign() -> None:
    """A stroke in a cell does not begin a new one; numbers are to the right."""
    assert markdown([("a", "b"), ("x|y", "1")]) == ["| a | b |", "| --- | --: |", "| x\\|y | 1 |"]


def test_results_survive_json() -> None:
    """What a section found is the same in the process that asked for it."""
    curve = Curve("Cost", "requests", "x", (10.0,), {"record": (Spread(1.0, 0.5, 2.0),)})
    results = Results([Figure("record", Spread(1.0, 0.5, 2.0), "x", 2.0)], [curve], ["a note"], 3, ["a difference"])
    assert Results.from_json(results.to_json()) == results


def test_spread() -> None:
    """A spread is the median with its quartiles, each times the scale."""
    assert Spread.of([1.0, 2.0, 3.0, 4.0, 5.0], 10.0) == Spread(30.0, 20.0, 40.0)
    assert Spread.of([7.0]) == Spread(7.0, 7.0, 7.0)
