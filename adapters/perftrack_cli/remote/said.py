"""What a command for scripts says, and how it ends."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import NamedTuple, TextIO

INTERRUPTED = 130


class Said(NamedTuple):
    """The text for standard output, and the exit status."""

    text: str
    status: int = 0


def spoken(answer: Callable[[argparse.Namespace], Said]) -> Callable[[argparse.Namespace], int]:
    """Return the command that says what *answer* returns.

    Its status holds whatever happens to its output: a gate that was interrupted, or whose reader had enough, must not
    look like one that was passed.
    """

    def command(options: argparse.Namespace) -> int:
        try:
            said = answer(options)
            say(said.text, sys.stdout)
        except KeyboardInterrupt:
            return INTERRUPTED
        return said.status

    return command


def say(text: str, stream: TextIO) -> None:
    """Print *text*; a stream of few letters gets the numbers of those it lacks, and a closed one nothing."""
    encoding = stream.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except BrokenPipeError:  # whoever read the output has enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def as_json(payload: object) -> str:
    """Return *payload* as JSON in ASCII: nothing in it can steer a terminal."""
    return json.dumps(payload, indent=2, ensure_ascii=True, allow_nan=False)
