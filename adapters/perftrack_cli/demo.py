"""`perftrack demo`: a small shop, its visitors, and what perftrack measured of them. Nothing needs to be installed."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from perftrack import PerformanceTracker, Tokens
from perftrack.admin.codes import SignInCode
from perftrack.terminal import table
from perftrack.terminal.text import wants_colour
from perftrack_cli.errors import CommandError
from perftrack_cli.net import bind_problem, check_port, url
from perftrack_cli.shop import Shop
from perftrack_cli.tally import comparison
from perftrack_cli.traffic import Traffic
from perftrack_cli.wsgi_server import QuietServer
from perftrack_wsgi import PerformanceMiddleware

if TYPE_CHECKING:
    from perftrack_cli.parser import Commands

HOST = "127.0.0.1"
SLOW_SECONDS = 0.5
MOST_PER_SECOND = 500.0
SETTLE_SECONDS = 5.0
GLANCE_SECONDS = 0.1


class Stop:
    """Notes Ctrl-C and SIGTERM, from its making on.

    An exception out of the handler could strike anywhere, also between two threads being started; a lock, as in
    `threading.Event`, could be the one that the interrupted code holds. So: a flag, and a glance at it.
    """

    def __init__(self) -> None:
        """Take the signals."""
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def wait(self, seconds: float) -> None:
        """Return after *seconds*, or soon after a signal."""
        end = time.monotonic() + seconds
        while not self._asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE_SECONDS))

    def _ask(self, number: int, frame: object) -> None:
        self._asked = True


class Demo(NamedTuple):
    """The running parts."""

    tracker: PerformanceTracker
    server: QuietServer
    traffic: Traffic


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser(
        "demo", help="watch perftrack measure a small shop", description="Serve a small shop with visitors of its own."
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for any free one (%(default)s)")
    parser.add_argument("--seconds", type=float, help="stop after so long (else at Ctrl-C)")
    parser.add_argument(
        "--requests-per-second", type=float, default=40.0, metavar="N", help="at most so many visits (%(default)g)"
    )
    parser.set_defaults(command=demo)


def demo(options: argparse.Namespace) -> int:
    """Serve the shop until Ctrl-C, SIGTERM or the end of the time, print what was measured, return the exit status.

    Raises:
        CommandError: the port or an option cannot be used.
    """
    _check(options)
    stop = Stop()
    tracker = PerformanceTracker(name="demo", slow_query_threshold=SLOW_SECONDS)
    # A token for this run, though the server listens on the loopback address only: others may share the machine.
    token, code = secrets.token_urlsafe(), SignInCode()
    try:
        app = PerformanceMiddleware(Shop(), tracker=tracker, access=Tokens(token, code=code))
        server = _server(options.port, app)
        admin = url(HOST, server.server_port) + tracker.settings.admin_prefix
        _announce(url(HOST, server.server_port), options.requests_per_second, _ways_in(admin, code, token))
        running = Demo(tracker, server, Traffic(server.server_port, options.requests_per_second))
        _run(running, stop, options.seconds)
    finally:
        code.discard()
    _report(running)
    return 0


def _ways_in(admin: str, code: SignInCode, token: str) -> list[str]:
    return [
        f"admin pages at {admin}/#code={code.text} (the link signs in once, within 5 minutes)",
        f'curl -H "Authorization: Bearer {token}" {admin}/stats',
    ]


def _check(options: argparse.Namespace) -> None:
    if options.seconds is not None and not options.seconds > 0:
        raise CommandError(f"--seconds {options.seconds:g} is not possible; give more than 0")
    if not 1 <= options.requests_per_second <= MOST_PER_SECOND:
        raise CommandError(
            f"--requests-per-second {options.requests_per_second:g} is not possible; give 1 to {MOST_PER_SECOND:g}"
        )


def _server(port: int, app: PerformanceMiddleware) -> QuietServer:
    check_port(port)
    try:
        return QuietServer(HOST, port, app)
    except OSError as error:
        raise CommandError(bind_problem(HOST, port, error)) from error


def _announce(base: str, per_second: float, ways_in: list[str]) -> None:
    lines = [
        f"the demo shop is open at {base}/, with up to {per_second:g} visits a second",
        *ways_in,
        "Ctrl-C stops it",
    ]
    print(*(f"perftrack: {line}" for line in lines), sep="\n", flush=True)


def _run(running: Demo, stop: Stop, seconds: float | None) -> None:
    threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    running.traffic.start()
    stop.wait(float("inf") if seconds is None else seconds)
    running.traffic.stop()
    _settle(running)
    running.server.shutdown()
    running.server.server_close()


def _settle(running: Demo) -> None:
    """Wait until the server has noticed what its clients know already: that the last answers are complete."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while running.tracker.stats()["in_flight"] and time.monotonic() < deadline:
        time.sleep(0.01)


def _report(running: Demo) -> None:
    stats = running.tracker.stats()
    print(table.render(stats, running.tracker.health(), wants_colour(sys.stdout)))
    print(f"\n{comparison(running.traffic.tally, stats)}", flush=True)
