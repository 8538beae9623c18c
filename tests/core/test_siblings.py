"""The warning that other workers may count apart."""

from __future__ import annotations

import multiprocessing
import sys
from types import ModuleType

import pytest

from perftrack import PerformanceTracker
from perftrack.memory.siblings import WARNING


def warnings_of(memory: str) -> list[str]:
    """Give the warnings of a tracker with this *memory*."""
    return PerformanceTracker(memory=memory).stats()["warnings"]


def test_alone() -> None:
    """A process that no server's supervisor has started warns of nothing."""
    assert warnings_of("auto") == []


def test_child_of_multiprocessing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child of `multiprocessing` says that siblings would count apart, unless private memory was asked for."""
    monkeypatch.setattr(multiprocessing, "parent_process", object)
    assert warnings_of("auto") == [WARNING]
    assert warnings_of("private") == []


@pytest.mark.parametrize("server", ["gunicorn.arbiter", "uwsgi", "mod_wsgi"])
def test_forking_servers(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    """A worker of a server that forks by itself says so too."""
    monkeypatch.setitem(sys.modules, server, ModuleType(server))
    assert warnings_of("auto") == [WARNING]
