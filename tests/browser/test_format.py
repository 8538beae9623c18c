"""Numbers as people read them."""

from __future__ import annotations

import json
from typing import Any

from tests.browser.test_numbers import duration as written

FORMATS: dict[str, dict[Any, str]] = {
    "duration": {
        None: "\N{EN DASH}",
        0.0: "0.0 ms",
        0.00045: "0.5 ms",
        0.0994: "99.4 ms",
        0.0996: "100 ms",
        0.125: "125 ms",
        0.9994: "999 ms",
        0.9996: "1.00 s",
        75.5: "75.50 s",
    },
    "count": {0: "0", 999: "999", 12345: "12,345", 9_999_999: "9,999,999", 12_345_678: "12.3M"},
    "percent": {0.0: "0.00 %", 5.126: "5.13 %", 100: "100.00 %"},
    "span": {0.0005: "500 µs", 0.002: "2 ms", 0.75: "750 ms", 1: "1 s", 1.25: "1.25 s", 300: "5 min", 3600: "1 h"},
    "uptime": {0.4: "0 s", 59: "59 s", 61: "1 min 1 s", 3720: "1 h 2 min", 200_000: "2 d 7 h"},
}


def test_numbers_read_well(page: Any, base: str) -> None:
    """Units that fit, as many digits as mean something, and a dash where there is nothing."""
    page.goto(base)
    for name, cases in FORMATS.items():
        call = f"async (values) => JSON.parse(values).map((value) => format.{name}(value))"
        script = call.replace("=> JSON", "=> { const format = await import('./assets/format.js'); return JSON") + "}"
        assert page.evaluate(script, json.dumps(list(cases))) == list(cases.values()), name


def test_the_tests_write_durations_alike() -> None:
    """The tests that compare the page with `/stats` write durations in the same way."""
    cases = FORMATS["duration"]
    assert [written(seconds) for seconds in cases] == list(cases.values())


def test_changes_read_well(page: Any, base: str) -> None:
    """Two spans are compared when both are there, with a tone only where more is worse."""
    page.goto(base)
    compared = """async () => {
        const { neighbours } = await import('./assets/tiles.js');
        const slots = Array.from({ length: 360 }, (_, at) => ({ at }));
        const series = (timestamp) => ({ slots, slot_seconds: 10, timestamp });
        const spans = (timestamp, seconds) => neighbours(series(timestamp), seconds, "2026-01-01T00:00:00Z");
        const ends = ({ before, now }) => [before.at(0).at, now.at(0).at, now.at(-1).at];
        const told = (found) => found && [found.seconds, ...ends(found)];
        return [
            told(spans("2026-01-01T00:01:00Z", 900)), told(spans("2026-01-01T00:01:10Z", 900)),
            told(spans("2026-01-01T00:05:00Z", 900)), told(spans("2026-01-01T02:00:00Z", 300)),
            told(spans("2026-01-01T02:00:00Z", 3600)),
        ];
    }"""
    assert page.evaluate(compared) == [
        None,
        [30, 353, 356, 358],
        [120, 335, 347, 358],
        [300, 299, 329, 358],
        [900, 179, 269, 358],
    ]
