"""The page works wherever the app, a server or a proxy has put it."""

from __future__ import annotations

from typing import Any

import pytest

from perftrack import AllowAll, PerformanceTracker
from tests.adapters.doors import ADMIN, raw_asgi, raw_wsgi
from tests.servers.raw import uvicorn, wsgiref


def below_script_name(app: Any) -> Any:
    """Take a first segment off the path, as a server that mounts *app* does."""

    def mounted(environ: Any, start_response: Any) -> Any:
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/mounted", environ["PATH_INFO"].removeprefix("/mounted")
        return app(environ, start_response)

    return mounted


def below_root_path(app: Any) -> Any:
    """Say in `root_path` where *app* is mounted, as a server does."""

    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "root_path": "/mounted"}, receive, send)

    return mounted


def works(page: Any, address: str, tracker: PerformanceTracker) -> None:
    """Numbers arrive, the detail of an endpoint is found, and a reset resets."""
    page.goto(address)
    page.click("#endpoints tbody a")
    page.wait_for_selector("#detail-body .figures")
    page.keyboard.press("Escape")
    page.click("#reset")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_selector("#no-endpoints:visible")
    assert tracker.stats()["total_requests"] == 0


@pytest.mark.parametrize("slash", ["", "/"])
def test_below_script_name(page: Any, tracker: PerformanceTracker, slash: str) -> None:
    """WSGI, with and without the slash at the end."""
    tracker.record("GET", "/projects", 200, 0.02)
    with wsgiref(below_script_name(raw_wsgi(AllowAll(), tracker))) as port:
        works(page, f"http://127.0.0.1:{port}/mounted{ADMIN}{slash}", tracker)


def test_below_root_path(page: Any, tracker: PerformanceTracker) -> None:
    """ASGI."""
    tracker.record("GET", "/projects", 200, 0.02)
    with uvicorn(below_root_path(raw_asgi(AllowAll(), tracker))) as port:
        works(page, f"http://127.0.0.1:{port}/mounted{ADMIN}/", tracker)


@pytest.mark.parametrize("prefix", ["/", "/a/b c/ü"])
def test_another_prefix(page: Any, tracker: PerformanceTracker, prefix: str) -> None:
    """As a site of its own, and below names that an address has to escape."""
    tracker.record("GET", "/projects", 200, 0.02)
    with wsgiref(raw_wsgi(AllowAll(), tracker, admin_prefix=prefix)) as port:
        works(page, f"http://127.0.0.1:{port}{prefix.rstrip('/')}/", tracker)
