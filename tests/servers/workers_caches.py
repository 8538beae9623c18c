"""An app with two caches that hold the same, one under watch and one whose lookups are counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import perftrack_wsgi
from perftrack import AllowAll, get_tracker
from tests.servers.workers_answers import CACHE_SIZE, SKIPPED, answer
from tests.servers.workers_apps import ShownWSGI

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

tracker = get_tracker()
known: set[str] = set()


@lru_cache(CACHE_SIZE)
def length(path: str) -> int:
    """Give the length of a path, which takes ages."""
    return len(path)


tracker.watch_cache("watched", length)


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Look the path up in both, and say what came of it."""
    path = environ["PATH_INFO"]
    status, body = answer(path)
    if path != SKIPPED:
        body = _look_up(path)
    start_response(f"{status} As it is", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _look_up(path: str) -> bytes:
    length(path)
    if path in known:
        tracker.cache("counted").hit()
        return b"hit"
    known.add(path)
    tracker.cache("counted").miss()
    return b"miss"


wsgi = ShownWSGI(perftrack_wsgi.PerformanceMiddleware(app, access=AllowAll()))
