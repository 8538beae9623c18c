"""The page of current numbers."""

from __future__ import annotations

import re

import pytest

from perftrack.admin.page import duration
from tests.core.admin.fakes import get, header, opened


def page_of(*, requests: int = 0, status: int = 200, seconds: float = 0.125) -> str:
    """Return the page after some requests."""
    admin, tracker = opened()
    for _ in range(requests):
        tracker.record("POST", "/reports/{id}", status, seconds)
    response = get(admin, "/")
    assert response.status == 200
    assert tracker.calls == ["snapshot"]
    return response.body.decode("utf-8")


def test_it_shows_the_numbers() -> None:
    """Endpoints with their rows, tiles and the verdict."""
    html = page_of(requests=3)
    assert "POST /reports/{id}" in html
    assert "GET /projects" in html
    assert '<section class="banner healthy"><h2>Healthy</h2>' in html
    assert "<dt>Requests</dt><dd>4</dd>" in html
    assert "too few requests" in html
    assert "75.0 %" in html


def test_it_says_why_it_is_unhealthy() -> None:
    """The banner has the reasons, the table of slow requests its rows."""
    html = page_of(requests=30, status=500, seconds=1.5)
    assert '<section class="banner unhealthy">' in html
    assert "most come from POST /reports/{id}" in html
    assert "Recent slow requests" in html
    assert "1.50 s" in html


def test_a_fresh_start_has_a_page() -> None:
    """Without a request there is no table and no division by zero."""
    admin, tracker = opened()
    tracker.reset()
    html = get(admin, "/").body.decode("utf-8")
    assert "No request has finished yet." in html
    assert "<table" not in html


def test_it_needs_no_script_and_no_inline_style() -> None:
    """The policy of its headers forbids both, so it must not rely on them; it loads itself anew."""
    admin, _ = opened()
    response = get(admin, "/")
    html = response.body.decode("utf-8")
    assert header(response, "Content-Type") == "text/html; charset=utf-8"
    assert not re.search(r"<script|<style|style=|\son\w+=", html)
    assert '<meta http-equiv="refresh" content="30">' in html


def test_its_links_hold_under_any_prefix() -> None:
    """All addresses are relative, and those of ours exist."""
    admin, _ = opened()
    html = get(admin, "/").body.decode("utf-8")
    links = [link for link in re.findall(r'(?:href|src)="([^"]*)"', html) if not link.startswith("data:")]
    assert links
    for link in links:
        assert not link.startswith("/")
        assert "//" not in link
        assert get(admin, f"/{link}").status == 200


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "\N{EN DASH}"),
        (0.0, "0.0 ms"),
        (0.00045, "0.5 ms"),
        (0.0994, "99.4 ms"),
        (0.0996, "100 ms"),
        (0.125, "125 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (75.5, "75.50 s"),
    ],
)
def test_durations_read_well(seconds: float | None, text: str) -> None:
    """Milliseconds below a second, seconds from there."""
    assert duration(seconds) == text
