"""The terminal side of perftrack: `perftrack run` serves any app with tracking on, `perftrack demo` shows numbers."""

from __future__ import annotations
