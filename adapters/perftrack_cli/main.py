"""The command `perftrack`: its parser and its exit statuses.

0: done, also when stopped by Ctrl-C or SIGTERM. 1: the server ended by itself; of `health`: not healthy; of `check`: a
limit is broken. 2: it could not do what was asked; one line on standard error says why and what to do. 130: a command
for scripts was interrupted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence

from perftrack import SettingError, __version__
from perftrack.terminal.text import one_line
from perftrack_cli import demo, run, top
from perftrack_cli.errors import CommandError
from perftrack_cli.parser import USAGE_STATUS, Parser
from perftrack_cli.remote import commands as remote
from perftrack_cli.remote import gate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line *arguments* (those of this process by default) and return its exit status."""
    options = make_parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return command(options)
    except (CommandError, SettingError) as error:
        print(f"perftrack: {one_line(str(error))}", file=sys.stderr)
        return USAGE_STATUS
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # whoever read the output has enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def make_parser() -> Parser:
    """Make the parser of all commands."""
    made = Parser(prog="perftrack", description="Real performance numbers for any Python web app.")
    made.add_argument("--version", action="version", version=f"perftrack {__version__}")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for each in (run, demo, top, remote, gate):
        each.add_parser(commands)
    return made
