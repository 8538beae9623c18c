"""perftrack for Flask: `PerfTrack(app)`."""

from __future__ import annotations

from perftrack_flask.caches import watch_cache
from perftrack_flask.extension import PerfTrack

__all__ = ["PerfTrack", "watch_cache"]
