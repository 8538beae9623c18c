"""`perftrack run`: serve any ASGI or WSGI app with granian, with tracking on."""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import secrets
import signal
from typing import TYPE_CHECKING, Any, NamedTuple

from perftrack import Settings, Tokens
from perftrack.admin.codes import SignInCode
from perftrack_cli.check import check
from perftrack_cli.errors import CommandError
from perftrack_cli.net import free_address, url
from perftrack_cli.serve import TrackedApp

if TYPE_CHECKING:
    from perftrack_cli.parser import Commands

TOKEN_VARIABLE = "PERFTRACK_ADMIN_TOKEN"  # noqa: S105 - the name of the variable, not a token
STOP_SECONDS = 10


class Token(NamedTuple):
    """The admin tokens, and how the curl line of the start-up writes one."""

    values: tuple[str, ...]
    shown: str


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    description = "Serve any ASGI or WSGI app unchanged, with tracking on."
    parser = commands.add_parser("run", help="serve an app with tracking on", description=description)
    parser.add_argument("app", help="module:app, module:create_app() or module, from the working directory")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for any free one (%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve the app (%(default)s)")
    parser.add_argument("--token", help=f"admin token (else ${TOKEN_VARIABLE}, else one made for this run)")
    parser.add_argument("--slow", type=float, metavar="SECONDS", help="a request that lasts longer is slow (1.0)")
    parser.add_argument("--admin-prefix", metavar="PATH", help="where the admin pages are (/admin/performance)")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Serve the app until Ctrl-C or SIGTERM, and return the exit status.

    Raises:
        CommandError: the app, the address or an option cannot be used.
        SettingError: a setting or the token is not allowed.
    """
    if options.workers < 1:
        raise CommandError(f"--workers {options.workers} is not possible; give 1 or more")
    settings = _settings(options)
    prefix = Settings.read(settings, os.environ).admin_prefix
    token = _token(options.token)
    Tokens(token.values)
    if importlib.util.find_spec("granian") is None:
        raise CommandError("granian, the server behind 'perftrack run', is not installed; pip install granian")
    interface = check(options.app)
    address, port = free_address(options.host, options.port)
    code = SignInCode()
    tracked = TrackedApp(options.app, interface, token.values, code, options.workers, settings)
    try:
        return _serve(tracked, address, port, _start_lines(tracked, url(address, port), prefix, token))
    finally:
        code.discard()


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    given = {"slow_query_threshold": options.slow, "admin_prefix": options.admin_prefix}
    return {name: value for name, value in given.items() if value is not None}


def _token(given: str | None) -> Token:
    if given is not None:
        return Token((given,), "<the token given with --token>")
    values = tuple(part.strip() for part in os.environ.get(TOKEN_VARIABLE, "").split(",") if part.strip())
    if values:
        return Token(values, f"${TOKEN_VARIABLE}" if len(values) == 1 else f"<one of ${TOKEN_VARIABLE}>")
    made = secrets.token_urlsafe()
    return Token((made,), made)


def _start_lines(tracked: TrackedApp, base: str, prefix: str, token: Token) -> list[str]:
    return [
        f"serving {tracked.target} ({tracked.interface.upper()}) at {base}",
        f"admin pages at {base}{prefix}/#code={tracked.code.text} (the link signs in once, within 5 minutes)",
        f'curl -H "Authorization: Bearer {token.shown}" {base}{prefix}/stats',
    ]


def _serve(tracked: TrackedApp, address: str, port: int, start_lines: list[str]) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        tracked.target,
        address=address,
        port=port,
        interface=Interfaces(tracked.interface),
        workers=tracked.workers,
        # The start-up lines say what matters; errors of the app and of its lifespan still show.
        log_level=LogLevels.error,
        # A stream that never ends must not keep the server from ending.
        workers_kill_timeout=STOP_SECONDS,
    )
    logging.getLogger("_granian").addFilter(lambda record: not server.interrupt_signal)
    ignores_hangup = hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    server.on_startup(lambda: _started(ignores_hangup, start_lines))
    try:
        server.serve(target_loader=tracked, wrap_loader=False)
    except SystemExit:
        # A worker that ended before granian told it to counts there as one that failed, also while stopping.
        return 0 if server.interrupt_signal else 1
    return 0


def _started(ignores_hangup: bool, start_lines: list[str]) -> None:
    # granian reloads at SIGHUP; here a closed terminal ends it, as SIGTERM does, and under nohup it means nothing.
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignores_hangup else signal.getsignal(signal.SIGTERM))
    print(*(f"perftrack: {line}" for line in start_lines), sep="\n", flush=True)
