"""Whether a server's own supervisor has started this process as one of its workers.

Looks at what is loaded, and imports nothing else. What the servers show from inside a worker:

- uvicorn, granian and hypercorn start workers by `multiprocessing`, with a function of their own as target. The target
  of a script that starts servers by itself is the script's or the server's public function: its processes serve
  different apps, perhaps, and must not mix.
- gunicorn forks; a worker's handler of SIGUSR1 is a method of its Worker, set before the app is loaded, which knows the
  arbiter.
- uWSGI and mod_wsgi give their workers a module.

A process that a worker forks inherits all of these signs, but has another parent or pid.
"""

# No annotations as text in this module: each field's would be compiled when a NamedTuple is made, at every start.

import os
import sys
from typing import Any, Final, NamedTuple, cast

TARGETS: Final = frozenset(
    (
        "uvicorn._subprocess",
        "granian.server.mp",
        "granian.server.mt",
        "hypercorn.asyncio.run",
        "hypercorn.trio.run",
    )
)
"""Modules of the functions that run as workers."""

_FORKING: Final = ("gunicorn.arbiter", "uwsgi", "mod_wsgi")
"""Modules that are loaded in the workers of servers that fork without `multiprocessing`."""


class Supervisor(NamedTuple):
    """The process that starts the workers, and what tells two sets of its workers apart."""

    pid: int
    part: str = ""


def supervisor() -> Supervisor | None:
    """Find the supervisor of this process, a worker; None when it is none, or nobody knows."""
    process = _multiprocessing_child()
    if process is not None:
        return _multiprocessing_worker(process)
    if "uwsgi" in sys.modules:
        return _uwsgi(sys.modules["uwsgi"])
    if "mod_wsgi" in sys.modules:
        return _mod_wsgi(sys.modules["mod_wsgi"])
    return _gunicorn() if "gunicorn.arbiter" in sys.modules else None


def may_have_siblings() -> bool:
    """Tell whether this process may be one of several that serve the same app."""
    return _multiprocessing_child() is not None or any(server in sys.modules for server in _FORKING)


def _multiprocessing_child() -> Any:
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is None or multiprocessing.parent_process() is None:
        return None
    return multiprocessing.current_process()


def _multiprocessing_worker(process: Any) -> Supervisor | None:
    parent, target = os.getppid(), getattr(process, "_target", None)
    starter: Any = sys.modules["multiprocessing"].parent_process()
    if starter.pid != parent or getattr(target, "__module__", None) not in TARGETS:
        return None
    return Supervisor(parent)


def _gunicorn() -> Supervisor | None:
    import signal  # noqa: PLC0415 - slow to import, and gunicorn has done it

    worker = getattr(signal.getsignal(signal.SIGUSR1), "__self__", None)
    if getattr(worker, "pid", None) != os.getpid():
        return None
    return Supervisor(int(cast("Any", worker).ppid))


def _uwsgi(uwsgi: Any) -> Supervisor | None:
    """Its list of workers does not help: the master enters a new one some time after that has begun to serve."""
    master = uwsgi.masterpid()
    if master:
        return Supervisor(master) if os.getppid() == master else None
    # Without a master, the first worker starts the others.
    first = uwsgi.workers()[0]["pid"]
    return Supervisor(first) if first in (os.getpid(), os.getppid()) else None


def _mod_wsgi(mod_wsgi: Any) -> Supervisor:
    """All daemon processes of Apache have one parent; their group and their application tell them apart."""
    return Supervisor(os.getppid(), f"{mod_wsgi.process_group}|{mod_wsgi.application_group}")
