"""Whatever fails in perftrack, status, headers and body stay what they are without it; the failure is counted."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

import perftrack.entrance
import perftrack_asgi.http
import perftrack_asgi.middleware
import perftrack_wsgi.middleware
import perftrack_wsgi.response
from perftrack import AllowAll, PerformanceTracker
from perftrack.content_types import ContentTypes
from perftrack.entrance import Entrance
from perftrack.exchange import Exchange
from perftrack.labels import FoldedPaths
from perftrack.memory import PrivateMemory
from perftrack.memory.timeline import Timeline
from perftrack.memory.turnstile import Turnstile
from perftrack.websocket import WebSocketSession
from tests.adapters.fail_open_support import (
    ASGI_SCRIPTS,
    SOCKET_SCRIPTS,
    UNUSUAL_PATHS,
    WSGI_PATHS,
    Seen,
    asgi_run,
    socket_run,
    wsgi_run,
)
from tests.support import FakeClock

HTTP_FAULTS: list[tuple[Any, str]] = [
    *((Exchange, name) for name in ("__init__", "piece", "complete", "left", "raised", "cut_short")),
    *((Exchange, name) for name in ("count_closely", "_route", "_folded_route")),
    *((PrivateMemory, name) for name in ("finish", "add_closely", "add_untimed", "add_queue", "knows")),
    *((PrivateMemory, name) for name in ("_entered", "_endpoint", "_note")),
    *((Entrance, name) for name in ("admin_rest", "exchange", "queued")),
    (perftrack.entrance, "begin"),
    (ContentTypes, "is_stream"),
    (FoldedPaths, "route"),
    (FoldedPaths, "_fold"),
    (Timeline, "turn"),
    (Turnstile, "soon"),
]
ASGI_FAULTS: list[tuple[Any, str]] = [
    *HTTP_FAULTS,
    (Exchange, "disconnected"),
    (Exchange, "worked"),
    (PrivateMemory, "add_background"),
    (perftrack_asgi.middleware, "path_below_mount"),
    (perftrack_asgi.middleware, "_first_header"),
    (perftrack_asgi.http, "_note_file"),
    *((perftrack_asgi.http.HTTPExchange, name) for name in ("_read_once", "_show_stream", "_completes")),
]
WSGI_FAULTS: list[tuple[Any, str]] = [
    *HTTP_FAULTS,
    (perftrack_wsgi.middleware, "text_path"),
    (perftrack_wsgi.middleware, "_first_header"),
    (Exchange, "returned"),
    (perftrack_wsgi.middleware, "measured_kind"),
    (perftrack_wsgi.middleware, "time_file"),
    (perftrack_wsgi.response.WSGIExchange, "raised"),
    (perftrack_wsgi.response.WSGIExchange, "closed_early"),
]
SOCKET_FAULTS: list[tuple[Any, str]] = [
    *((WebSocketSession, name) for name in ("__init__", "accepted", "message_in", "message_out", "ended")),
    *((PrivateMemory, name) for name in ("open_socket", "count_socket", "close_socket")),
    (Entrance, "session"),
    (perftrack_asgi.middleware, "path_below_mount"),
]
NOTED_BY: tuple[Any, ...] = (Exchange, perftrack_wsgi.response.WSGIExchange)
"""Faults that can leave a request in flight, as nothing inside the method that was replaced is there to fail."""
LETS_GO = "finish"
"""The method of the memory for which the same holds: it is what takes a request out of those in flight."""


class Fault:
    """Stands for a method of perftrack, and fails."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, *arguments: object) -> Any:
        """Fail."""
        self.calls += 1
        raise RuntimeError("a bug in perftrack")

    def __get__(self, instance: object, owner: type) -> Fault:
        """Be a method of every object of the class."""
        return self


class RestlessClock(FakeClock):
    """A clock that moves whenever it is read, so that seconds turn and background work is seen."""

    START = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        self.tick(0.75)
        return super().__call__()


class Watch:
    """Runs each scenario bare and wrapped, and holds the two against each other."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.caplog = caplog
        self.fault = Fault()
        self.label: Callable[..., Any] | None = None
        self.owner: Any = None
        self.name = ""

    def compare(self, run: Callable[..., Seen], name: str, middleware: Any) -> None:
        """Run one scenario both ways, with the fault in the wrapped one."""
        bare = run(name, _bare)
        tracker = PerformanceTracker(clock=RestlessClock(RestlessClock.START), trust_queue_header=True)
        calls = self.fault.calls
        self.caplog.clear()
        with pytest.MonkeyPatch.context() as patch:
            if self.name:
                patch.setattr(self.owner or tracker, self.name, self.fault)
            wrapped = run(name, partial(middleware, tracker=tracker, access=AllowAll(), label=self.label))
        assert wrapped == bare, name
        self._check_count(tracker, hit=self.fault.calls > calls)

    def _check_count(self, tracker: PerformanceTracker, hit: bool) -> None:
        logged = [record for record in self.caplog.records if record.name == "perftrack"]
        assert len(logged) == hit
        assert all(record.levelno == logging.ERROR and record.exc_info for record in logged)
        assert any("perftrack failed" in warning for warning in tracker.snapshot().warnings) == hit
        assert tracker.snapshot().background.maximum < RestlessClock.START, "made up from a reading that is missing"
        if self.owner not in NOTED_BY and self.name != LETS_GO:
            assert tracker.snapshot().in_flight == 0


@pytest.fixture
def watch(caplog: pytest.LogCaptureFixture) -> Iterator[Watch]:
    """Compares wrapped with bare apps. A body of another scenario that is collected meanwhile would log for it."""
    gc.collect()
    gc.disable()
    try:
        yield Watch(caplog)
    finally:
        gc.enable()


def _bare(app: Any) -> Any:
    return app


def _names(faults: list[tuple[Any, str]]) -> list[str]:
    return [f"{owner.__name__}.{name}" for owner, name in faults]


@pytest.mark.parametrize(("owner", "name"), ASGI_FAULTS, ids=_names(ASGI_FAULTS))
def test_asgi(watch: Watch, owner: object, name: str) -> None:
    """ASGI apps of every kind answer as without perftrack when one of its methods fails."""
    watch.owner, watch.name = owner, name
    for scenario in ASGI_SCRIPTS:
        watch.compare(asgi_run, scenario, perftrack_asgi.PerformanceMiddleware)
    assert watch.fault.calls


@pytest.mark.parametrize(("owner", "name"), SOCKET_FAULTS, ids=_names(SOCKET_FAULTS))
def test_websockets(watch: Watch, owner: object, name: str) -> None:
    """WebSockets go on as without perftrack when one of its methods fails."""
    watch.owner, watch.name = owner, name
    for scenario in SOCKET_SCRIPTS:
        watch.compare(socket_run, scenario, perftrack_asgi.PerformanceMiddleware)
    assert watch.fault.calls


@pytest.mark.parametrize(("owner", "name"), WSGI_FAULTS, ids=_names(WSGI_FAULTS))
def test_wsgi(watch: Watch, owner: object, name: str) -> None:
    """WSGI apps of every kind answer as without perftrack when one of its methods fails."""
    watch.owner, watch.name = owner, name
    for path in (*WSGI_PATHS, *UNUSUAL_PATHS):
        watch.compare(wsgi_run, path, perftrack_wsgi.PerformanceMiddleware)
    assert watch.fault.calls


class EveryPath(dict[str, str]):
    """Knows the route of each path: then an adapter begins to measure without a check."""

    def __contains__(self, path: object) -> bool:
        return True

    def __getitem__(self, path: str) -> str:
        return "/known"


def known(middleware: Any) -> Any:
    """Let *middleware* take every path for one that it knows, below no mount."""
    middleware._known = EveryPath()


    def below_no_mount(source: dict[str, Any], *rest: Any) -> Any:
        return middleware({**source, "root_path": ""}, *rest)

    return below_no_mount


@pytest.mark.parametrize("fault", [True, False])
def test_known_paths(monkeypatch: pytest.MonkeyPatch, fault: bool) -> None:
    """The short way in fails open too, and is what measures when nothing fails."""
    tracker = PerformanceTracker()
    if fault:
        monkeypatch.setattr(perftrack_asgi.middleware, "HTTPExchange", Fault())
        monkeypatch.setattr(perftrack_wsgi.middleware, "WSGIExchange", Fault())
    for name in ASGI_SCRIPTS:
        wrapped = asgi_run(name, lambda app: known(perftrack_asgi.PerformanceMiddleware(app, tracker)))
        assert wrapped == asgi_run(name, _bare), name
    for path in WSGI_PATHS:
        wrapped = wsgi_run(path, lambda app: known(perftrack_wsgi.PerformanceMiddleware(app, tracker)))
        assert wrapped == wsgi_run(path, _bare), path
    stats = tracker.stats()
    assert bool(stats["warnings"]) == fault
    assert stats["total_requests"] == (0 if fault else 2 * (len(ASGI_SCRIPTS) + len(WSGI_PATHS)))


@pytest.mark.parametrize("what", ["clock", "wall", "label", "nothing"])
def test_callables_from_outside(watch: Watch, what: str) -> None:
    """A clock or a label that fails breaks no app either; without a fault nothing is counted as one."""
    if what == "label":
        watch.label = watch.fault
    elif what != "nothing":
        watch.name = what
    for scenario in ASGI_SCRIPTS:
        watch.compare(asgi_run, scenario, perftrack_asgi.PerformanceMiddleware)
    for scenario in SOCKET_SCRIPTS:
        watch.compare(socket_run, scenario, perftrack_asgi.PerformanceMiddleware)
    for path in (*WSGI_PATHS, *UNUSUAL_PATHS):
        watch.compare(wsgi_run, path, perftrack_wsgi.PerformanceMiddleware)
    assert bool(watch.fault.calls) == (what != "nothing")


def test_log_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a log that fails while perftrack reports its failure reaches the app."""
    monkeypatch.setattr(Exchange, "__init__", Fault())
    monkeypatch.setattr(logging.getLogger("perftrack"), "handle", Fault())
    tracker = PerformanceTracker()
    wrapped = wsgi_run("/list", lambda app: perftrack_wsgi.PerformanceMiddleware(app, tracker))
    assert wrapped == wsgi_run("/list", _bare)
    assert tracker.snapshot().warnings == {"perftrack failed 2 times; the log has the first failure"}


def test_counting_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure the next requests are counted as ever."""
    tracker = PerformanceTracker()
    with monkeypatch.context() as patch:
        patch.setattr(PrivateMemory, "add_closely", Fault())
        wsgi_run("/list", lambda app: perftrack_wsgi.PerformanceMiddleware(app, tracker))
    wsgi_run("/list", lambda app: perftrack_wsgi.PerformanceMiddleware(app, tracker))
    assert tracker.stats()["total_requests"] == 2
