"""What a question to a tracker can say: apart from `perftrack.shapes`, because frameworks read it at run time."""

from __future__ import annotations

from typing import Literal

Scope = Literal["host", "process"]
"""Whose numbers: those of all workers that share them, or of the process that answers."""

Sort = Literal["time_share", "requests", "p95", "errors", "rpm"]
"""The order of endpoints, largest first."""
