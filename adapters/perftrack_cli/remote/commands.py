"""`perftrack stats`, `health` and `slow`: one look at a running app, as text or as JSON."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, get_args

from perftrack.parameters import Sort
from perftrack.terminal import slow_log, table, verdict
from perftrack.terminal.text import wants_colour
from perftrack_cli.remote import options as asking
from perftrack_cli.remote.said import Said, as_json, spoken

if TYPE_CHECKING:
    from perftrack_cli.parser import Commands, Parser
    from perftrack_cli.remote.site import Site

HEALTH_EXITS = (
    "exit status: 0 healthy, 1 degraded or unhealthy, 2 the app could not be asked (one line says why), 130 interrupted"
)


def add_parser(commands: Commands) -> None:
    """Add the three commands and their options."""
    stats_parser = asking.command(commands, "stats", "print the numbers of a running app")
    orders = get_args(Sort)
    stats_parser.add_argument("--sort", choices=orders, default="time_share", help="largest first (%(default)s)")
    stats_parser.add_argument("--limit", type=asking.limit, metavar="N", help="at most so many endpoints")
    stats_parser.add_argument("--endpoint", metavar="NAME", help='only this one, by its exact name: "GET /projects"')
    _finish(stats_parser, "stats")
    _finish(asking.command(commands, "health", "print the verdict on a running app", HEALTH_EXITS), "health")
    slow_parser = asking.command(commands, "slow", "print the slow requests of a running app, newest first")
    slow_parser.add_argument("--limit", type=asking.limit, metavar="N", help="at most so many")
    _finish(slow_parser, "slow")


def _finish(parser: Parser, name: str) -> None:
    parser.add_argument("--json", action="store_true", help="the answer as it came, for scripts")
    parser.set_defaults(command=spoken({"stats": stats, "health": health, "slow": slow}[name]))


def stats(options: argparse.Namespace) -> Said:
    """Return the totals and the endpoints."""
    query = {"sort": options.sort, "limit": options.limit, "endpoint": options.endpoint}
    asked = {name: str(value) for name, value in query.items() if value is not None}
    if options.json:
        return Said(as_json(_site(options).stats(**asked)))
    numbers, judgement = _site(options).stats_and_health(**asked)
    return Said(table.render(numbers, judgement, wants_colour(sys.stdout)))


def health(options: argparse.Namespace) -> Said:
    """Return the verdict; the status says whether it is healthy."""
    answer = _site(options).health()
    text = as_json(answer) if options.json else verdict.render(answer, wants_colour(sys.stdout))
    return Said(text, 0 if answer["status"] == "healthy" else 1)


def slow(options: argparse.Namespace) -> Said:
    """Return the log of slow requests."""
    answer = _site(options).slow(**({"limit": str(options.limit)} if options.limit else {}))
    return Said(as_json(answer) if options.json else slow_log.render(answer))


def _site(options: argparse.Namespace) -> Site:
    from perftrack_cli.remote.site import from_options  # ssl and urllib, which only those who ask need

    return from_options(options)
