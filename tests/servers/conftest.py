"""Marks the tests that start servers with several workers."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them `workers`: they take minutes, and are left to scripts/test-servers."""
    for item in items:
        if item.path.name.startswith("test_workers_"):
            item.add_marker(pytest.mark.workers)
