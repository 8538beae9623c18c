"""`perftrack check`: a gate for CI and deploys that opens when every limit is kept."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from perftrack.terminal.text import printable
from perftrack_cli.errors import CommandError
from perftrack_cli.remote import options as asking
from perftrack_cli.remote.limits import METRICS, MIN_REQUESTS, Finding, Limit, judge, reader
from perftrack_cli.remote.said import Said, spoken

if TYPE_CHECKING:
    from perftrack_cli.parser import Commands

EXITS = (
    "Every limit can be given several times, for all requests and for an endpoint by its exact name. They are "
    "held against the numbers since the start of the app or the last reset. An endpoint without a request breaks its "
    "limits. "
    "exit status: 0 all are kept, 1 one is broken, 2 the app could not be asked (one line says why), 130 interrupted"
)


def add_parser(commands: Commands) -> None:
    """Add the command and its limits."""
    parser = asking.command(commands, "check", "hold a running app against limits", EXITS)
    for metric in METRICS:
        parser.add_argument(
            metric.option,
            action="append",
            dest="limits",
            type=reader(metric),
            metavar="[ENDPOINT=]NUMBER",
            help=metric.summary,
        )
    parser.set_defaults(command=spoken(check))


def check(options: argparse.Namespace) -> Said:
    """Return a line for each limit; the status says whether all are kept.

    Raises:
        CommandError: no limit is given, or the app cannot be asked.
    """
    from perftrack_cli.remote.site import from_options  # ssl and urllib, which only those who ask need

    given: list[Limit] = options.limits or []
    if not given:
        raise CommandError("no limit is given; give at least one, like --max-error-rate 1; see perftrack check --help")
    stats = from_options(options).stats()
    findings = [judge(limit, stats) for limit in _with_requests(given)]
    broken = sum(not finding.kept for finding in findings)
    warnings = [f"warning: {printable(warning)}" for warning in stats["warnings"]]
    return Said("\n".join([*map(_line, findings), *warnings, _summary(broken, len(findings))]), 1 if broken else 0)


def _with_requests(given: list[Limit]) -> list[Limit]:
    """Return *given*, and that there was a request at all: an app that nobody has asked has kept nothing."""
    said = any(limit.metric is MIN_REQUESTS and limit.endpoint is None for limit in given)
    return given if said else [*given, Limit(MIN_REQUESTS, 1)]


def _line(finding: Finding) -> str:
    return f"{'kept  ' if finding.kept else 'BROKEN'}  {finding.text}"


def _summary(broken: int, count: int) -> str:
    if not broken:
        return f"all {count} limits are kept"
    return f"{broken} of {count} limits {'is' if broken == 1 else 'are'} broken"
