"""The terminal side: `run` serves any app with tracking on, `demo` shows it, `top` and others ask a running app."""

from __future__ import annotations
