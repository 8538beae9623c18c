"""Whether this process may be one of several workers of a server."""

from __future__ import annotations

import sys

WARNING = "these are the numbers of one process; other workers of the same server, if there are any, count apart"

_SERVERS = ("gunicorn.arbiter", "uwsgi", "mod_wsgi")
"""Modules that are loaded in the workers of servers that fork without `multiprocessing`."""


def may_have_siblings() -> bool:
    """Tell whether a server's supervisor may have started this process. Looks at what is loaded, imports nothing."""
    if any(server in sys.modules for server in _SERVERS):
        return True
    multiprocessing = sys.modules.get("multiprocessing")
    return multiprocessing is not None and multiprocessing.parent_process() is not None
