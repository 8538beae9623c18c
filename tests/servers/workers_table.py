"""Every server that runs several workers, with the command that starts three of them."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import pytest

APPS: Final = "tests.servers.workers_apps"
FASTAPI: Final = "tests.servers.workers_fastapi"
WORKERS: Final = 3

_BIND: Final = ("--bind", "127.0.0.1:{port}", "--workers", str(WORKERS))
_PORT: Final = ("--host", "127.0.0.1", "--port", "{port}", "--workers", str(WORKERS))


def script(name: str) -> str:
    """Give the program that an installed package has put beside Python."""
    return str(Path(sys.executable).with_name(name))


def gunicorn(kind: str, *options: str, app: str = f"{APPS}:wsgi", workers: int = WORKERS) -> tuple[str, ...]:
    """Give the command of gunicorn with workers of this *kind*."""
    bind = ("--bind", "127.0.0.1:{port}", "--workers", str(workers))
    # By its script: started with `-m` it cannot start its own successor.
    return (script("gunicorn"), app, *bind, "--worker-class", kind, *options)


def uwsgi(*options: str) -> tuple[str, ...]:
    """Give the command of uWSGI."""
    http = ("--http-socket", "127.0.0.1:{port}", "--die-on-term", "--need-app")
    return (script("pyuwsgi"), "--module", f"{APPS}:wsgi", "--master", "--processes", str(WORKERS), *http, *options)


class Kind(NamedTuple):
    """A way to run several workers."""

    package: str
    """What has to be installed; its absence is no excuse on Linux."""
    command: tuple[str, ...]


_UVICORN_WORKER: Final = "uvicorn_worker.UvicornWorker"
_GTHREAD: Final = ("--threads", "4")

SERVERS: Final[dict[str, Kind]] = {
    "gunicorn sync": Kind("gunicorn", gunicorn("sync")),
    "gunicorn sync, preload": Kind("gunicorn", gunicorn("sync", "--preload")),
    "gunicorn gthread": Kind("gunicorn", gunicorn("gthread", *_GTHREAD)),
    "gunicorn gthread, preload": Kind("gunicorn", gunicorn("gthread", *_GTHREAD, "--preload")),
    "gunicorn gevent": Kind("gevent", gunicorn("gevent")),
    "gunicorn gevent, preload": Kind("gevent", gunicorn("gevent", "--preload")),
    "gunicorn uvicorn": Kind("uvicorn_worker", gunicorn(_UVICORN_WORKER, app=f"{FASTAPI}:app")),
    "gunicorn uvicorn, preload": Kind("uvicorn_worker", gunicorn(_UVICORN_WORKER, "--preload", app=f"{FASTAPI}:app")),
    "fastapi run": Kind("fastapi_cli", ("-m", "fastapi", "run", "tests/servers/workers_fastapi.py", *_PORT)),
    "uvicorn": Kind("uvicorn", ("-m", "uvicorn", f"{APPS}:asgi", *_PORT)),
    "granian asgi": Kind("granian", ("-m", "granian", "--interface", "asgi", *_PORT, f"{APPS}:asgi")),
    "granian wsgi": Kind("granian", ("-m", "granian", "--interface", "wsgi", *_PORT, f"{APPS}:wsgi")),
    "hypercorn": Kind("hypercorn", ("-m", "hypercorn", *_BIND, f"{APPS}:asgi")),
    "uwsgi": Kind("pyuwsgi", uwsgi()),
    "uwsgi lazy-apps": Kind("pyuwsgi", uwsgi("--lazy-apps")),
}


def command_of(name: str) -> tuple[str, ...]:
    """Give the command of the server called *name*; skip where it cannot be installed."""
    package, command = SERVERS[name]
    if find_spec(package) is not None:
        return command
    if package == "gevent" and sys.version_info < (3, 12):
        pytest.skip("before Python 3.12, httpbin wants an older greenlet than gevent")
    if not sys.platform.startswith("linux"):
        pytest.skip(f"{package} is not installed")
    raise AssertionError(f"{package} is not installed: pip install -e '.[servers]'")
