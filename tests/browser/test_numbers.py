"""What the page shows is what `/stats` says, with every adapter and real traffic."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.adapters.doors import ADMIN
from tests.browser.adapters import ADAPTERS

SHOWN = """() => {
    const text = (selector) => document.querySelector(selector).textContent;
    const cell = (row, field) => row.querySelector(`td.${field}`).textContent;
    return {
        requests: text("#tile-requests .value"), errors: text("#tile-requests .note"), rpm: text("#tile-rpm .value"),
        error_rate: text("#tile-error-rate .note"), p95: text("#tile-p95 .note"),
        in_flight: text("#tile-in-flight .value"),
        workers: text("#tile-workers .value"), status: text("#status"),
        rows: [...document.querySelectorAll("#endpoints tbody tr")].map((row) => [
            row.querySelector("th").textContent, cell(row, "total_requests"), cell(row, "requests_per_minute"),
            cell(row, "error_rate"), cell(row, "p95_duration"), cell(row, "max_duration"), cell(row, "time_share"),
        ]),
    };
}"""


@pytest.fixture(params=ADAPTERS)
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server of each kind."""
    with ADAPTERS[request.param]() as port:
        yield port


def ask(port: int, path: str) -> bytes:
    """Ask for *path*, and return the body of the answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as client:
        client.request("GET", path, headers={"Connection": "close"})
        return client.getresponse().read()


def fixed(number: float, places: int) -> str:
    """Write *number* with *places* decimals as JavaScript does: of two that are as near, the larger one."""
    return str(Decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def duration(seconds: float | None) -> str:
    """Write a duration as the page does."""
    if seconds is None:
        return "\N{EN DASH}"
    if seconds < 0.0995:
        return f"{fixed(1000 * seconds, 1)} ms"
    return f"{fixed(1000 * seconds, 0)} ms" if seconds < 0.9995 else f"{fixed(seconds, 2)} s"


def said(stats: Any) -> dict[str, Any]:
    """Write the numbers of `/stats` as the page does."""
    return {
        "requests": f"{stats['total_requests']:,}",
        "rpm": f"{stats['requests_per_minute']:,}",
        "errors": f"{stats['total_errors']} errors",
        "error_rate": f"{fixed(stats['error_rate'], 2)} % overall",
        "p95": f"{duration(stats['duration']['p95'])} overall",
        "in_flight": str(stats["in_flight"]),
        "workers": str(stats["workers"]),
        "status": stats["health"]["status"].title(),
        "rows": [
            [
                name,
                f"{row['total_requests']:,}",
                f"{row['requests_per_minute']:,}",
                f"{fixed(row['error_rate'], 2)} %",
                duration(row["p95_duration"]),
                duration(row["max_duration"]),
                f"{fixed(row['time_share'], 1)} %",
            ]
            for name, row in stats["endpoint_stats"].items()
        ],
    }


def test_numbers_are_those_of_stats(page: Any, port: int) -> None:
    """Tiles and rows, after requests that were found and some that were not."""
    for number in range(12):
        ask(port, "/projects/one" if number % 4 else f"/nothing-{number}")
    page.goto(f"http://127.0.0.1:{port}{ADMIN}/")
    page.wait_for_selector("#endpoints tbody tr")
    stats = json.loads(ask(port, f"{ADMIN}/stats?include=health"))
    assert stats["total_requests"] == 12
    assert page.evaluate(SHOWN) == said(stats)


def test_chart_tables_are_those_of_series(page: Any, base: str, tracker: Any) -> None:
    """The tables behind the charts add up to the requests, and the moment under the crosshair is read out."""
    for seconds in (0.003, 0.003, 0.7):
        tracker.record("GET", "/projects", 200, seconds)
    tracker.record("GET", "/projects", 500, 0.003)
    page.goto(base)
    for chart in ("throughput", "heat"):
        page.click(f"#{chart} summary")
        page.wait_for_selector(f"#{chart} tbody tr")
        cells = page.locator(f"#{chart} tbody td").all_inner_texts()
        assert sum(map(int, cells)) == 4
    page.focus("#throughput .plot")
    page.keyboard.press("End")
    for _ in range(3):
        if "server error 1" in page.get_attribute("#throughput .plot", "aria-valuetext"):
            break
        page.keyboard.press("ArrowLeft")
    assert "ok 3, client left 0, client error 0, server error 1" in page.get_attribute(
        "#throughput .plot", "aria-valuetext"
    )
    assert page.locator("#latency .crosshair").get_attribute("d")
    page.keyboard.press("Escape")
    assert page.locator("#latency .crosshair").get_attribute("d") is None
