"""What the count of instructions makes of valgrind's dumps."""

from __future__ import annotations

import pytest

from benchmarks.instructions import Row, compared, instructions, table

HERE = {
    "add, empty": 10.0,
    "add, floor": 40.0,
    "add, private": 60.0,
    "WSGI, bare": 100.0,
    "WSGI, wrapper": 150.0,
    "WSGI, perftrack": 300.0,
    "Flask, bare": 1000.0,
    "Flask, perftrack": 1300.0,
}


def test_sum_of_a_dump() -> None:
    """The sum is read from the line that callgrind writes for it."""
    assert instructions("version: 1\nevents: Ir\nsummary: 1234\n\nfn=(1) a\n12 34\n") == 1234


def test_the_bare_app_is_taken_off() -> None:
    """What is compared is what perftrack adds; a record is counted whole, as the floor is."""
    before = {**HERE, "WSGI, perftrack": 200.0, "Flask, bare": 900.0}
    assert compared(HERE, before) == [
        Row("memory.add, private", 60.0, 40.0, 60.0),
        Row("WSGI", 200.0, 50.0, 100.0),
        Row("Flask", 300.0, None, 400.0),
    ]


def test_growth() -> None:
    """Growth is relative to the other commit, and nothing where that has no such loop."""
    assert Row("WSGI", 200.0, 50.0, 100.0).growth == pytest.approx(1.0)
    assert [row.growth for row in compared(HERE, {})] == [0.0, 0.0, 0.0]


def test_table() -> None:
    """The table has the multiple of the least, the other count and the change."""
    lines = table([Row("WSGI", 200.0, 50.0, 100.0), Row("Flask", 300.0, None, None)], "HEAD~1").splitlines()
    assert lines[1].split() == ["WSGI", "200", "4.00", "100", "+100.0%"]
    assert lines[2].split() == ["Flask", "300"]
