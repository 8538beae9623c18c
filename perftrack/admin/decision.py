"""What the gate can say to one request."""

from __future__ import annotations

from enum import Enum


class Decision(Enum):
    """What one request is told."""

    ADMITTED = "admitted"
    """Everything: looking, and resetting the numbers."""
    VIEWER = "viewer"
    """Looking only: a POST to the numbers is 403."""
    UNAUTHENTICATED = "unauthenticated"
    """401: a credential is missing or wrong."""
    FORBIDDEN = "forbidden"
    """403: whoever this is, not them."""
