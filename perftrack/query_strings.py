"""The query string of a request, which only the slow log shows, and only where `record_query_strings` is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from perftrack.labels import MAX_TEXT

_MOST_BYTES: Final = 4 * MAX_TEXT
"""A character has at most four bytes; more is not kept, so it need not be read."""


def with_query(path: str, source: Mapping[str, Any]) -> str:
    """Give *path* with the query string of *source*, the ASGI scope or the WSGI environ, as it was sent."""
    sent: bytes | str = source.get("query_string") or source.get("QUERY_STRING") or b""
    if isinstance(sent, str):  # WSGI: bytes in the form of Latin-1 text
        sent = sent[:_MOST_BYTES].encode("latin-1", "replace")
    query = sent[:_MOST_BYTES].decode("utf-8", "replace")
    return f"{path}?{query}" if query else path
