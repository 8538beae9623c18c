"""The parser of the command line: its complaints are one line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from perftrack.terminal.text import one_line

USAGE_STATUS = 2


class Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong and where the options are listed."""

    def error(self, message: str) -> NoReturn:
        """Leave with *message*."""
        self.exit(USAGE_STATUS, f"perftrack: {one_line(message)}; see {self.prog} --help\n")


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]  # pyright: ignore[reportPrivateUsage]  # argparse has no public name
