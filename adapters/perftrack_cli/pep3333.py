"""The parts of PEP 3333 that granian leaves out, so that `perftrack run` serves any WSGI app.

granian reads status and headers when the app returns, and hands out no `write`. An app that is a generator has not
called `start_response` by then (its status would become 200, its headers nothing), and an app that writes would fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class FullWSGI:
    """A WSGI app that calls `start_response` before it returns, whatever the one inside does."""

    def __init__(self, app: WSGIApplication) -> None:
        """Stand around *app*."""
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; the body goes on untouched where the app asked for nothing special."""
        head = _Head(start_response)
        body = self.app(environ, head.start)
        if head.started and not head.written:
            return body
        return _Started(body, head)


class _Head:
    """What the app has said so far."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self.started = False
        self.written: list[bytes] = []

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        self.started = True
        self._start_response(status, headers)
        return self.written.append


class _Started:
    """A body whose first pieces were already taken, up to the one before which the app said its status."""

    def __init__(self, body: Iterable[bytes], head: _Head) -> None:
        self.close: Callable[[], object] = getattr(body, "close", _nothing)
        try:
            rest = iter(body)
            taken = [*_until_started(rest, head)]
        except BaseException:
            self.close()
            raise
        self._pieces = chain(_drained(head.written), taken, rest)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces


def _until_started(pieces: Iterator[bytes], head: _Head) -> Iterator[bytes]:
    while not head.started:
        piece = next(pieces, None)
        if piece is None:
            raise RuntimeError("the app gave its whole body without calling start_response")
        yield piece


def _drained(written: list[bytes]) -> Iterator[bytes]:
    while written:
        yield written.pop(0)


def _nothing() -> None:
    """Close a body that has nothing to close."""
