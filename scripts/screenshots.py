"""Take the pictures of the dashboard in docs/images: `python scripts/screenshots.py`, with the extra `browser`.

They show an hour of the demo shop, played in a moment on a clock of its own: a quiet hour with a bad quarter of one, in
which a search grew slow and a payment service failed.
"""

from __future__ import annotations

import importlib
import random
import shutil
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "adapters")]

from perftrack import AllowAll, PerformanceTracker  # noqa: E402 - found by the line above
from perftrack_cli.shop import BROKEN_CARD, DECLINED_CARD  # noqa: E402
from perftrack_cli.traffic import Visit, visits  # noqa: E402
from perftrack_cli.wsgi_server import QuietServer  # noqa: E402
from perftrack_wsgi import PerformanceMiddleware  # noqa: E402

IMAGES = ROOT / "docs" / "images"
HOUR = 3600
BAD = range(2900, 3300)
"""The seconds of the hour in which things go wrong."""

# name, width and height, theme, fragment of the address
PICTURES = (
    ("page", (1200, 1500), "light", "window=3600"),
    ("page-dark", (1200, 1500), "dark", "window=3600"),
    ("page-narrow", (360, 1400), "light", "window=3600"),
    ("page-endpoint", (1200, 900), "light", "window=3600&endpoint=GET+/search"),
)
SECONDS = {"GET /search": 0.03, "GET /export.csv": 0.09, "POST /checkout": 0.05, "GET /products": 0.012}


class Clock:
    """Seconds that pass as fast as somebody counts them."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.now = 43_200.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def main() -> None:
    """Play the hour, then take the pictures."""
    clock = Clock()
    start = time.time() - HOUR - clock.now
    tracker = PerformanceTracker(clock=clock, wall=lambda: clock.now + start, slow_query_threshold=0.5)
    play(tracker, clock)
    server = QuietServer("127.0.0.1", 0, PerformanceMiddleware(closed, tracker, AllowAll()))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    take(f"http://127.0.0.1:{server.server_port}/admin/performance/")
    server.shutdown()
    server.server_close()


def play(tracker: PerformanceTracker, clock: Clock) -> None:
    """Let visitors come for an hour, more and more of them."""
    chance = random.Random(7)  # noqa: S311 - pictures shall differ only where the page does
    coming = visits(7)
    for second in range(HOUR):
        for _ in range(chance.randint(2, 5 + second // 600)):
            clock.now += 0.05
            visit = next(coming)
            method, route = visit.endpoint.split(" ")
            tracker.record(method, route, status(visit, second), duration(visit, second, chance))
        clock.now = 43_200.0 + second + 1


def status(visit: Visit, second: int) -> int:
    """Give the status of a visit."""
    if visit.endpoint == "GET <unmatched>":
        return 404
    failing = DECLINED_CARD in (visit.body or "") or BROKEN_CARD in (visit.body or "")
    bad = second in BAD and visit.endpoint == "POST /checkout"
    return 500 if failing or (bad and visit.body == "card=good" and second % 3) else 200


def duration(visit: Visit, second: int, chance: random.Random) -> float:
    """Give the seconds that a visit took."""
    usual = SECONDS.get(visit.endpoint, 0.004)
    slower = 9 if second in BAD and visit.endpoint == "GET /search" else 1
    return usual * slower * chance.lognormvariate(0, 0.55)


def closed(environ: Any, start_response: Any) -> list[bytes]:
    """Answer whoever wants to buy something."""
    start_response("503 Service Unavailable", [])
    return []


def take(address: str) -> None:
    """Take every picture of the page at *address*."""
    # By name: the tool is in an extra of its own, and the type checkers do not have it.
    playwright: Any = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-quic"]
        )
        for name, (width, height), theme, view in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            page.goto(f"{address}#{view}")
            page.wait_for_selector("#detail-body .figures" if "endpoint" in view else "#endpoints tbody tr")
            page.wait_for_timeout(300)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
