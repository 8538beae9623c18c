"""Tells an event stream by the headers of its response, at little cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Generic, TypeVar

EVENT_STREAM: Final = "text/event-stream"
"""Content type of responses that are meant to last."""

NAME: Final = "content-type"

Text = TypeVar("Text", str, bytes)


class ContentTypes(Generic[Text]):
    """Looks for the content type of event streams, among headers of text or of bytes.

    `plain` is the header that was seen last and is none. Most responses of an app have that very one, and to find it is
    several times cheaper than to look at each header: `if types.plain not in headers and types.is_stream(headers)`.
    """

    __slots__ = ("_name", "_stream", "plain")

    def __init__(self, name: Text, stream: Text) -> None:
        """Look for *name* with *stream*, in the form in which the headers come."""
        self._name: Text = name
        self._stream: Text = stream
        self.plain: tuple[Text, Text] | None = None

    def is_stream(self, headers: Iterable[tuple[Text, Text]]) -> bool:
        """Tell whether *headers* announce an event stream."""
        for name, value in headers:
            if len(name) == len(self._name) and name.lower() == self._name:
                if value.startswith(self._stream):
                    return True
                self.plain = name, value
        return False
