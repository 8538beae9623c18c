"""The command `perftrack top` and its options."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from typing import TYPE_CHECKING

from perftrack_cli.errors import CommandError
from perftrack_cli.remote import options as asking

if TYPE_CHECKING:
    from perftrack_cli.parser import Commands
    from perftrack_cli.top.reading import Reader, State
    from perftrack_cli.top.view import View

EXITS = "exit status: 0 left with q or Ctrl-C, 2 the app could not be asked (one line says why)"
INSTALL = "rich, which draws 'perftrack top', is not installed; pip install 'perftrack-web[cli]'"


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = asking.command(commands, "top", "watch the numbers of a running app", EXITS)
    parser.add_argument(
        "--interval", type=asking.positive, default=2.0, metavar="SECONDS", help="ask so often (%(default)g)"
    )
    parser.set_defaults(command=top)


def top(options: argparse.Namespace) -> int:
    """Show the numbers until the user leaves, and return the exit status.

    Raises:
        CommandError: there is no terminal to draw on, or the app cannot be asked at the start.
    """
    _check_terminal()
    from perftrack_cli.remote.site import from_options
    from perftrack_cli.top.reading import Reader, State
    from perftrack_cli.top.view import View

    site = from_options(options)
    reader = Reader(site, time.monotonic, time.time)
    state = State(reader.read())  # before anything is drawn: what is wrong from the start is said in one line
    _show(site.shown, reader, state, View(interval=options.interval))
    return 0


def _check_terminal() -> None:
    if importlib.util.find_spec("rich") is None:
        raise CommandError(INSTALL)
    if importlib.util.find_spec("termios") is None:
        raise CommandError("'perftrack top' needs a POSIX terminal; 'perftrack stats' works everywhere")
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "dumb") == "dumb":
        raise CommandError("'perftrack top' draws on a terminal, and here is none; 'perftrack stats' is for scripts")


def _show(shown: str, reader: Reader, state: State, view: View) -> None:
    from rich.console import Console

    from perftrack_cli.top.glyphs import glyphs_for
    from perftrack_cli.top.keys import Keyboard
    from perftrack_cli.top.loop import Top

    console = Console(highlight=False, markup=False, emoji=False)
    glyphs = glyphs_for(console.encoding, os.environ.get("TERM"))
    Top(console, Keyboard(sys.stdin.fileno()), glyphs, shown).run(reader, state, view)
