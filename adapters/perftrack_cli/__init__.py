"""The terminal side of perftrack: `run` serves any app with tracking on, `demo` shows it, `top` and others ask an app."""

from __future__ import annotations
