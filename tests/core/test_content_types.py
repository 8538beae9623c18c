"""Event streams are told from other responses, whatever was seen before."""

from __future__ import annotations

import pytest

from perftrack.content_types import ContentTypes

PLAIN = ("Content-Type", "text/html")


@pytest.fixture
def types() -> ContentTypes[str]:
    """Types of WSGI's headers, which are text."""
    return ContentTypes("content-type", "text/event-stream")


@pytest.mark.parametrize("name", ["content-type", "Content-Type", "CONTENT-TYPE"])
def test_event_stream(types: ContentTypes[str], name: str) -> None:
    """The header counts in any case, with or without parameters."""
    assert types.is_stream([("X", "y"), (name, "text/event-stream")])
    assert types.is_stream([(name, "text/event-stream; charset=utf-8")])
    assert not types.is_stream([(name, "text/html"), ("X", "text/event-stream")])
    assert not types.is_stream([])


def test_plain_is_remembered(types: ContentTypes[str]) -> None:
    """The content type seen last that is no event stream is at hand, as it came."""
    types.is_stream([("X", "y"), PLAIN])
    assert types.plain == PLAIN
    types.is_stream([("Content-Type", "text/event-stream")])
    types.is_stream([("X", "y")])
    assert types.plain == PLAIN


def test_bytes() -> None:
    """ASGI's headers are bytes."""
    types = ContentTypes(b"content-type", b"text/event-stream")
    assert types.is_stream([(b"content-type", b"text/event-stream")])
    assert not types.is_stream([(b"content-type", b"text/plain")])
    assert types.plain == (b"content-type", b"text/plain")
