"""The code of an entry: what is to be known of a request beside its times, in 16 bits."""

from __future__ import annotations

import sys
from typing import Final

STATUS_MASK: Final = (1 << 10) - 1
OUTCOME_SHIFT: Final = 10
OUTCOME_MASK: Final = 0b11
KIND_SHIFT: Final = 12
KIND_MASK: Final = 0b11
TIMED, SLOW, UNTIMED = 1, 2, 3
"""Kinds of requests that are counted one by one, by the outcome in their code: the others have none (0), and the
outcome that their status says.
"""
SPECIAL: Final = KIND_MASK << KIND_SHIFT
EMPTY: Final = 1 << 14
"""The body was empty, so that there is no first byte."""
WHOLE: Final = 1 << 15
"""In every code: one that is not stored yet is 0."""
HIGH_BYTE: Final = 1 if sys.byteorder == "little" else 0
"""Of a code in native order."""


def special_code(kind: int, outcome: int, status: int) -> int:
    """Write the code of a request that is counted by itself."""
    return WHOLE | kind << KIND_SHIFT | outcome << OUTCOME_SHIFT | status
