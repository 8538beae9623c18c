"""What the apps of all frameworks have in common: the sizes and times of their answers."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

PIECE = b"x" * 8192
"""One piece of a streamed body."""

PAUSE = 0.1
"""Seconds between the pieces of /stream and /events."""

PIECES = 4
"""Pieces of /stream and events of /events: three pauses lie between them."""

SLOW = 0.8
"""Seconds that /slow takes, more than the slow threshold of the run."""

AFTERWARDS = 0.3
"""Seconds that /background works after its answer."""

LATE = 0.3
"""Seconds until /late and /small begin to answer."""

LATE_PIECES = 2048
"""Pieces of /late: more than any socket buffer takes without a reader."""

ENDLESS_PIECES = 500
ENDLESS_PAUSE = 0.02
"""/endless lasts ten seconds unless its client leaves."""

DOWNLOAD_BYTES = 24 * 1024 * 1024
"""Size of /download: more than any socket buffer takes without a reader."""

ETAG = '"one"'


@cache
def download() -> Path:
    """Give the file that /download sends; made once a process, in the temporary folder."""
    with tempfile.NamedTemporaryFile(prefix="conformance-", suffix=".bin", delete=False) as file:
        file.truncate(DOWNLOAD_BYTES)
    return Path(file.name)


def event(number: int) -> bytes:
    """Give one server-sent event."""
    return b"data: %d\n\n" % number


class BrokenError(RuntimeError):
    """What the apps raise where a scenario wants an error."""
