"""The apps as a server imports them: which variant, the environment says."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from perftrack import get_tracker


def flask() -> Any:
    """Make the Flask app."""
    return _app("flask")


def fastapi() -> Any:
    """Make the FastAPI app."""
    return _app("fastapi")


def _app(framework: str) -> Any:
    module, variant = import_module(f"benchmarks.apps.{framework}"), os.environ["BENCHMARK_VARIANT"]
    if variant == "bare":
        return module.bare()
    return module.measured(get_tracker()) if variant == "perftrack" else module.PEERS[variant]()
