"""Fixtures of the tests of the adapters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.remote_support import Run, runner


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A way to run a command in this process."""
    return runner(capsys, monkeypatch, tmp_path)
