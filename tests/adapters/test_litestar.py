"""Litestar, through the raw ASGI middleware and the label of the example."""

from __future__ import annotations

import json

import pytest

from tests.adapters.native_support import run_python

pytestmark = pytest.mark.servers

CODE = """
import json, perftrack
from examples.litestar_app import app
from tests.adapters.native_support import asked, rows
requests = ["GET /items/1", "GET /items/2", "GET /items/x", "GET /nope", "HEAD /items/1", "POST /items/1"]
statuses = [answer.status_code for answer in asked(app, *requests)]
print(json.dumps([statuses, rows(perftrack.get_tracker())]))
"""


def test_rows() -> None:
    """The row is the handler's template; what Litestar finds no handler for is unmatched."""
    pytest.importorskip("litestar", reason="comes with the extra `examples`")
    statuses, found = json.loads(run_python(CODE))
    assert statuses == [200, 200, 404, 404, 405, 405]
    assert found == {
        "GET /items/{item_id}": {"200": 2},
        "GET <unmatched>": {"404": 2},
        "HEAD <unmatched>": {"405": 1},
        "POST <unmatched>": {"405": 1},
    }
