"""`perftrack top`: the numbers of a running app in the terminal, live."""

from __future__ import annotations

from perftrack_cli.top.command import add_parser

__all__ = ["add_parser"]
