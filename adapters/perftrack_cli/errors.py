"""What the commands raise."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked; the text is one line that names the value and the remedy."""
