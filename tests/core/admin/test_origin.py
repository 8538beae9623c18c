"""A POST of another site's page must not reset the numbers."""

from __future__ import annotations

import pytest

from perftrack.admin import Admin, AdminRequest, AllowAll
from tests.core.admin.fakes import TOKEN, WatchedTracker, decoded

HOST = {"host": "app.example:8000"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "http://rewritten.by.a.proxy"},
        {"origin": "http://app.example:8000"},
        {"origin": "https://app.example:8000"},
        {"origin": "http://APP.example:8000"},
        {"origin": "https://app.example", "host": "app.example"},
        {"origin": "https://app.example", "host": "app.example:443"},
        {"origin": "http://[::1]:8000", "host": "[::1]:8000"},
        {"authorization": "Bearer anything"},
        {"authorization": "Bearer anything", "origin": "https://evil.example"},
        {"authorization": "Basic dTpw"},
        {"authorization": "Basic dTpw", "sec-fetch-site": "same-origin"},
    ],
)
def test_our_own_page_may_post(headers: dict[str, str]) -> None:
    """Sec-Fetch-Site decides, else Origin and Host; a credential that a script chose to send needs neither."""
    tracker = WatchedTracker()
    response = Admin(tracker, access=AllowAll()).handle(AdminRequest("POST", "/reset", "", {**HOST, **headers}))
    assert response.status == 200
    assert decoded(response)["status"] == "reset"
    assert tracker.calls == ["reset"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"sec-fetch-site": "cross-site", "origin": "http://app.example:8000"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://app.example"},
        {"origin": "http://app.example:8001"},
        {"origin": "http://evil.example:8000"},
        {"origin": "http://evil.example", "host": ""},
        {"origin": "http://", "host": ""},
        {"origin": "http://app.example:8000@evil.example"},
        {"origin": "http://app.example:port"},
        {"origin": "http://[::1"},
        {"origin": "file://app.example:8000"},
        {"origin": "http://app.example:8000", "host": "app.example:8000/x"},
        {"authorization": "Basic dTpw", "sec-fetch-site": "cross-site"},
        {"authorization": "Negotiate YII", "origin": "https://evil.example"},
    ],
)
def test_another_page_may_not(headers: dict[str, str]) -> None:
    """Whatever the access, a POST that cannot show its origin is 403, resets nothing and says what to send."""
    tracker = WatchedTracker()
    response = Admin(tracker, access=AllowAll()).handle(AdminRequest("POST", "/reset", "", {**HOST, **headers}))
    assert response.status == 403
    assert "Authorization" in decoded(response)["detail"]
    assert (tracker.calls, tracker.failures) == ([], [])


def test_a_token_may_post_from_a_terminal() -> None:
    """curl with the token sends neither Origin nor Sec-Fetch-Site."""
    request = AdminRequest("POST", "/reset", "", {"authorization": f"Bearer {TOKEN}"})
    assert Admin(WatchedTracker(), access=TOKEN).handle(request).status == 200


def test_reading_needs_no_origin() -> None:
    """A GET changes nothing, so where it comes from does not matter."""
    request = AdminRequest("GET", "/stats", "", {"sec-fetch-site": "cross-site"})
    assert Admin(WatchedTracker(), access=AllowAll()).handle(request).status == 200
