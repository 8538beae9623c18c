"""The options of every command that asks a running app."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftrack_cli.parser import Commands, Parser

EXITS = "exit status: 0 done, 2 the app could not be asked (one line says why), 130 interrupted"
CREDENTIAL_HELP = (
    "admin token (else --netrc-file, $PERFTRACK_TOKEN, $PERFTRACK_ADMIN_TOKEN, ~/.netrc); "
    "others on this machine can see it in the list of processes, so prefer those"
)


def command(commands: Commands, name: str, summary: str, epilog: str = EXITS) -> Parser:
    """Add the command *name* with its URL and the options that say how to get there; return its parser."""
    parser = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", epilog=epilog)
    parser.add_argument("url", metavar="URL", help="of the app, or of its admin pages")
    parser.add_argument("--token", help=CREDENTIAL_HELP)
    parser.add_argument("--netrc-file", metavar="FILE", help="a netrc file with the token as password of the host")
    parser.add_argument("--ca-file", metavar="FILE", help="trust the certificates in this PEM file, and no others")
    parser.add_argument(
        "--insecure", action="store_true", help="check no certificate: who sits between can take the token"
    )
    parser.add_argument(
        "--timeout", type=positive, default=10.0, metavar="SECONDS", help="wait so long for an answer (%(default)g)"
    )
    return parser


def positive(text: str) -> float:
    """Read a number of seconds.

    Raises:
        argparse.ArgumentTypeError: it is none above 0.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return value


def limit(text: str) -> int:
    """Read a number of rows.

    Raises:
        argparse.ArgumentTypeError: the contract does not allow it.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 1000")
    return int(text)
