"""What runs in each worker of `perftrack run`: the app, loaded and wrapped. It travels there by pickle or by fork."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from perftrack import PerformanceTracker, Tokens
from perftrack.admin.codes import SignInCode
from perftrack_cli.detect import Interface
from perftrack_cli.load import load
from perftrack_cli.pep3333 import FullWSGI

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class TrackedApp:
    """Loads the app named *target* and wraps it; the same tokens, sign-in code and settings in every worker."""

    target: str
    interface: Interface
    tokens: tuple[str, ...] = field(repr=False)
    code: SignInCode
    workers: int
    settings: dict[str, Any]

    def __call__(self) -> Callable[..., Any]:
        """Give the server its app."""
        _stand_apart()
        loaded = load(self.target)
        # Not get_tracker(): an app that tracks itself through that one would have each of its requests counted twice.
        # granian starts even a single worker as one of several, which would share with nobody.
        memory = "private" if self.workers == 1 else "auto"
        tracker = PerformanceTracker("perftrack run", memory=memory, **self.settings)
        wrap = _wrap_asgi if self.interface == "asgi" else _wrap_wsgi
        return wrap(loaded.app, tracker, Tokens(self.tokens, code=self.code))


def _stand_apart() -> None:
    """Let the signals of this worker be those of its supervisor alone; where workers are threads, there is none."""
    if multiprocessing.parent_process() is None:
        return
    # Until granian sets its own, a worker has the supervisor's handlers, which do nothing here: a stop that comes while
    # the app is imported would be lost.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    # A terminal's Ctrl-C goes to the whole process group, and the supervisor tells its workers too; at two signals a
    # WSGI worker of granian now and then never ends.
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)


def _wrap_asgi(app: Callable[..., object], tracker: PerformanceTracker, access: Tokens) -> Callable[..., Any]:
    from perftrack_asgi import PerformanceMiddleware

    return PerformanceMiddleware(cast(Any, app), tracker=tracker, access=access)


def _wrap_wsgi(app: Callable[..., object], tracker: PerformanceTracker, access: Tokens) -> Callable[..., Any]:
    from perftrack_wsgi import PerformanceMiddleware

    return FullWSGI(PerformanceMiddleware(cast("WSGIApplication", app), tracker=tracker, access=access))
