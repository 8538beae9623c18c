"""schemathesis holds every adapter to `/openapi.json`: what the document allows is accepted, and answers keep to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from importlib.util import find_spec
from typing import Any

import pytest

# Only where it is not installed: an import that fails is a failure.
if find_spec("schemathesis") is None:
    pytest.skip("schemathesis comes with the extra `check`", allow_module_level=True)

import schemathesis as tool
from hypothesis import HealthCheck, given, settings

from perftrack import PerformanceTracker, Tokens
from tests.adapters.doors import ADMIN, ASGI, WSGI
from tests.servers.confusing import RIGHT, TOKEN
from tests.servers.raw import request, send, uvicorn, wsgiref
from tests.servers.support import serving
from tests.servers.support_mounts import MOUNT

pytestmark = pytest.mark.servers

schemathesis: Any = tool  # its types lead to packages without any
BEARER = {"Authorization": f"Bearer {TOKEN}"}
EXAMPLES = 10
MOUNTS = "tests.servers.support_mounts"
DJANGO = {
    "django": ("gunicorn", "--bind", "127.0.0.1:{port}", f"{MOUNTS}:django_in_dispatcher"),
    "django asgi": ("uvicorn", "--host", "127.0.0.1", "--port", "{port}", f"{MOUNTS}:django_in_starlette"),
}


@pytest.mark.filterwarnings("default")  # the tool's own
@pytest.mark.parametrize("name", [*ASGI, *WSGI, *DJANGO])
def test_every_operation_keeps_to_the_contract(name: str) -> None:
    """Random queries and bodies that the document allows, and some that it does not, each answered as it says."""
    with _served(name) as (port, mount):
        base = f"http://127.0.0.1:{port}{mount}{ADMIN}"
        schema = schemathesis.openapi.from_url(f"{base}/openapi.json", headers=BEARER)
        tried = [_try(each.ok(), base) for each in schema.get_all_operations()]
        stats = json.loads(send(port, request(b"GET", f"{mount}{ADMIN}/stats".encode(), RIGHT)).body)
    assert len(tried) > 20
    assert {200, 401, 404} <= set().union(*tried)
    assert not [text for text in stats["warnings"] if "failed" in text]


@contextlib.contextmanager
def _served(name: str) -> Generator[tuple[int, str], None, None]:
    """Serve the adapter called *name*, with a slow request behind it; give the port and where the app is mounted."""
    if name in DJANGO:  # its settings hold for a whole process
        with serving(*DJANGO[name]) as server:
            server.request("GET", f"{MOUNT}/projects/7")
            yield server.port, MOUNT
        return
    tracker = PerformanceTracker()
    tracker.record("GET", "/projects/{id}", 200, 1.5)
    make, serve = (ASGI[name], uvicorn) if name in ASGI else (WSGI[name], wsgiref)
    with serve(make(Tokens(TOKEN), tracker)) as port:
        yield port, ""


def _try(operation: Any, base: str) -> set[int]:
    """Send examples of one operation; give the statuses that were seen."""
    seen = set[int]()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(case=operation.as_strategy())
    def keeps_to_it(case: Any) -> None:
        # Relative to the document, as OpenAPI says; the tool takes it as relative to the host.
        response = case.call(base_url=base, headers=BEARER)
        case.validate_response(response, headers=BEARER, transport_kwargs={"base_url": base})
        seen.add(int(response.status_code))

    keeps_to_it()
    return seen
