"""What a page says and asks for while a test drives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


def answering(status: int) -> Callable[[Any], None]:
    """Return what answers requests with *status* instead of the server."""

    def answer(route: Any) -> None:
        route.fulfill(status=status, body="{}")

    return answer


class Watch:
    """Collects console messages, exceptions and requests of every page that it follows."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        """Addresses that were asked for, in order."""
        self.forgiven: set[str] = set()
        """Parts of messages that a test brings about on purpose."""
        self._said: list[str] = []
        self._origins: set[str] = set()

    def follow(self, page: Any) -> None:
        """Listen to *page*."""
        page.on("console", self._note)
        page.on("pageerror", self._fail)
        page.on("request", self._ask)

    def asked(self, path: str) -> int:
        """Tell how often an address with *path* was asked for."""
        return sum(f"/{path}" in address for address in self.requests)

    def check(self) -> None:
        """Fail if something was said that nobody expects, or asked of somebody else."""
        said = [text for text in self._said if not any(part in text for part in self.forgiven)]
        assert not said, said
        assert len(self._origins) <= 1, self._origins

    def _note(self, message: Any) -> None:
        # What breaks the content policy is an error of the console too.
        if message.type in ("error", "warning"):
            self._said.append(str(message.text))

    def _fail(self, error: Any) -> None:
        self._said.append(str(error))

    def _ask(self, request: Any) -> None:
        address = str(request.url)
        parts = urlsplit(address)
        self.requests.append(address)
        if parts.scheme in ("http", "https", "ws", "wss"):
            self._origins.add(f"{parts.scheme}://{parts.netloc}")
