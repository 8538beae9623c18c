"""What the dashboard costs the browser with 500 endpoints: `python -m benchmarks.page`, with the extra `browser`.

Between two acts every endpoint gets new numbers. Printed are the tasks of the page's main thread (script, style, layout
and paint of one frame are one task) by the CPU time that they took, from the browser's own trace: what else the machine
does makes no task longer. The first showing is apart from the later ones.
"""

from __future__ import annotations

import importlib
import json
import random
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from perftrack import AllowAll, PerformanceTracker
from perftrack_cli.wsgi_server import QuietServer
from perftrack_wsgi import PerformanceMiddleware

ENDPOINTS = 500
ROUNDS = 10
BUDGET_MS = 16.0
SETTLE_MS = 700
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
TRACED = ["disabled-by-default-devtools.timeline", "__metadata"]

# Done by script: the tool's own clicks and keys would cost the page time as well.
SEARCH = """(word) => {
    const box = document.querySelector('#search');
    box.value = word;
    box.dispatchEvent(new Event('input'));
}"""
ACTS = {
    "new numbers": "document.querySelector('#now').click()",
    "another order": "document.querySelectorAll('#endpoints thead button')[Math.floor(12 * Math.random())].click()",
    "search and all": f"({SEARCH})(document.querySelector('#search').value ? '' : 'resource-7')",
}


def main() -> int:
    """Measure, print, and return 0: what is too slow is for people to judge."""
    chance = random.Random(1)
    tracker = PerformanceTracker()
    names = [f"/service-{number % 20}/resource-{number}/{{id}}" for number in range(ENDPOINTS - 1)]
    with _serving(tracker) as address, _browser() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        _requests(tracker, names, chance)
        browser.start_tracing(page=page, categories=TRACED)
        page.goto(address)
        page.wait_for_selector(f"#endpoints tbody tr:nth-child({ENDPOINTS - 1})", state="attached")
        _print("first showing", _tasks(browser.stop_tracing()))
        for title, act in ACTS.items():
            browser.start_tracing(page=page, categories=TRACED)
            for _ in range(ROUNDS):
                _requests(tracker, names, chance)
                page.evaluate(act)
                page.wait_for_timeout(SETTLE_MS)
            _print(title, _tasks(browser.stop_tracing()))
    return 0


def _requests(tracker: PerformanceTracker, names: list[str], chance: random.Random) -> None:
    for name in names:
        for _ in range(chance.randint(1, 3)):
            tracker.record("GET", name, chance.choice((200, 200, 200, 404, 500)), chance.lognormvariate(-4, 1))


def _tasks(trace: bytes) -> list[float]:
    """Give the milliseconds of every task of the main thread that did most, in order."""
    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    named = {(event["pid"], event["tid"]) for event in events if _is_main(event)}
    tasks: dict[tuple[int, int], list[float]] = {thread: [] for thread in named}
    for event in events:
        thread = (event["pid"], event["tid"])
        if event["name"] == "RunTask" and thread in tasks and "tdur" in event:
            tasks[thread].append(event["tdur"] / 1000)
    return sorted(max(tasks.values(), key=sum))


def _is_main(event: dict[str, Any]) -> bool:
    return bool(event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain")


def _print(title: str, tasks: list[float]) -> None:
    over = sum(task > BUDGET_MS for task in tasks)
    longest = ", ".join(f"{task:.1f}" for task in reversed(tasks[-3:]))
    print(f"{title:<14} {len(tasks):>6} tasks, longest {longest} ms, {over} over {BUDGET_MS:g} ms")


@contextmanager
def _serving(tracker: PerformanceTracker) -> Generator[str, None, None]:
    server = QuietServer("127.0.0.1", 0, PerformanceMiddleware(_empty, tracker, AllowAll()))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/admin/performance/"
    finally:
        server.shutdown()
        server.server_close()


def _empty(environ: Any, start_response: Any) -> list[bytes]:
    start_response("204 No Content", [])
    return []


@contextmanager
def _browser() -> Generator[Any, None, None]:
    # By name: the tool is in an extra of its own, and the type checkers do not have it.
    playwright: Any = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
