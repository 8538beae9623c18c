"""Falcon under WSGI and ASGI, through the raw middlewares and the label of the example."""

from __future__ import annotations

import json

import pytest

from tests.adapters.native_support import run_python

pytestmark = pytest.mark.servers

REQUESTS = ["GET /items/1", "GET /items/2", "GET /items/x", "GET /nope", "DELETE /items/1", "OPTIONS /items/1"]
WSGI = f"""
import json, perftrack
from examples.falcon_app import app
from tests.adapters.native_support import rows
from werkzeug.test import Client
statuses = []
for request in {REQUESTS}:
    method, path = request.split()
    with Client(app).open(path, method=method) as response:
        statuses.append(response.status_code)
print(json.dumps([statuses, rows(perftrack.get_tracker())]))
"""
ASGI = f"""
import json, perftrack
from examples.falcon_app import asgi_app
from tests.adapters.native_support import asked, rows
statuses = [answer.status_code for answer in asked(asgi_app, *{REQUESTS})]
print(json.dumps([statuses, rows(perftrack.get_tracker())]))
"""


@pytest.mark.parametrize("code", [WSGI, ASGI], ids=["wsgi", "asgi"])
def test_rows(code: str) -> None:
    """The row is the resource's template without converters; a 405 keeps it, what is not found is unmatched."""
    pytest.importorskip("falcon", reason="comes with the extra `examples`")
    statuses, found = json.loads(run_python(code))
    assert statuses == [200, 200, 404, 404, 405, 200]
    assert found == {
        "GET /items/{item_id}": {"200": 2},
        "GET <unmatched>": {"404": 2},
        "DELETE /items/{item_id}": {"405": 1},
        "OPTIONS /items/{item_id}": {"200": 1},
    }
