"""A real browser for the tests of the dashboard, and a page that fails its test at whatever should never be seen."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from tests.adapters.doors import ADMIN, raw_wsgi
from tests.browser.watch import Watch
from tests.servers.raw import wsgiref

# Set where a missing browser is a failure: in CI nothing may be left out unnoticed.
REQUIRED = "PERFTRACK_BROWSER_REQUIRED"
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings("default"))  # the tool's own


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if os.environ.get(REQUIRED):
        assert chromium, "no chromium is installed"
        tool: Any = importlib.import_module("playwright.sync_api")
    else:
        tool = pytest.importorskip("playwright.sync_api", reason="it drives the browser: scripts/test-browser")
        if chromium is None:
            pytest.skip("no chromium is installed")
    with tool.sync_playwright() as running:
        started = running.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A browser without cookies or preferences, 1200 pixels wide."""
    made = browser.new_context(viewport={"width": 1200, "height": 900})
    yield made
    made.close()


@pytest.fixture
def watch(context: Any) -> Iterator[Watch]:
    """Sees what the pages of the context say and ask for; fails the test at errors and at requests elsewhere."""
    seen = Watch()
    context.on("page", seen.follow)
    yield seen
    seen.check()


@pytest.fixture
def page(context: Any, watch: Watch) -> Any:
    """A page that is watched."""
    return context.new_page()


@pytest.fixture
def tracker() -> PerformanceTracker:
    """The numbers behind `base`."""
    return PerformanceTracker(slow_query_threshold=0.5)


@pytest.fixture
def base(tracker: PerformanceTracker) -> Iterator[str]:
    """The address of dashboards that are open to all."""
    with wsgiref(raw_wsgi(AllowAll(), tracker)) as port:
        yield f"http://127.0.0.1:{port}{ADMIN}/"
