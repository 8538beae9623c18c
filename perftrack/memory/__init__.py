"""Where the counters live."""

from __future__ import annotations

from perftrack.memory.private import PrivateMemory

__all__ = ["PrivateMemory"]
