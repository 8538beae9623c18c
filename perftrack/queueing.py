"""How long a request waited between a proxy and the app, read from the proxy's header."""

from __future__ import annotations

import re
from typing import Final

QUEUE_HEADERS: Final = ("x-request-start", "x-queue-start")
"""Headers with the time at which a proxy took the request, first one wins."""

_TIME: Final = re.compile(r"(?:t=)?(\d{1,20}(?:\.\d{1,9})?)")
_UNITS: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""(smallest number that can be a present time in the unit, units a second): nano-, micro- and milliseconds."""


def queue_seconds(header: str, wall: float) -> float | None:
    """Give the seconds from the time in *header* to *wall*, never below 0. None when the header is no time.

    nginx writes `t=` and seconds, Heroku milliseconds, Apache `t=` and microseconds; the size tells them apart.
    """
    match = _TIME.fullmatch(header.strip())
    if match is None:
        return None
    number = float(match[1])
    per_second = next((per_second for smallest, per_second in _UNITS if number >= smallest), 1.0)
    return max(0.0, wall - number / per_second)
