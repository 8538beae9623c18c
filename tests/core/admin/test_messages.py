"""The two values that adapters exchange with the admin pages."""

from __future__ import annotations

import pytest

from perftrack import AdminRequest, AdminResponse


def test_a_request_is_a_value_that_shows_no_secret() -> None:
    """It is equal by value, cannot be changed, and its text holds nothing that may be a credential."""
    request = AdminRequest("GET", "/stats", headers={"authorization": "Bearer secret"}, body=b"secret")
    assert request == AdminRequest("GET", "/stats", "", {"authorization": "Bearer secret"}, {}, b"secret", "http")
    assert repr(request) == str(request) == "AdminRequest(method='GET', path='/stats', scheme='http')"
    assert AdminRequest("GET", "/").headers == AdminRequest("GET", "/").context == {}
    with pytest.raises(AttributeError):
        request.method = "POST"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue] - as a user may try


def test_the_answer_to_head_has_no_body() -> None:
    """Its status and its headers are those of GET."""
    answer = AdminResponse(200, (("Content-Length", "4"),), b"body")
    assert answer.without_body() == AdminResponse(200, (("Content-Length", "4"),), b"")
