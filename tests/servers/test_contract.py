"""schemathesis holds every adapter to `/openapi.json`: what the document allows is accepted, and answers keep to it."""

from __future__ import annotations

from typing import Any

import pytest

schemathesis: Any = pytest.importorskip("schemathesis", reason="pip install schemathesis")

from hypothesis import HealthCheck, given, settings  # noqa: E402 - only with schemathesis

from perftrack import PerformanceTracker, Tokens  # noqa: E402
from tests.adapters.doors import ADMIN, ASGI, WSGI  # noqa: E402
from tests.servers.raw import uvicorn, wsgiref  # noqa: E402

pytestmark = pytest.mark.servers

TOKEN = "the-token-for-admins"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
EXAMPLES = 10


@pytest.mark.filterwarnings("default")  # the tool's own
@pytest.mark.parametrize("name", [*ASGI, *WSGI])
def test_every_operation_keeps_to_the_contract(name: str) -> None:
    """Random queries and bodies that the document allows, and some that it does not, each answered as it says."""
    tracker = PerformanceTracker()
    tracker.record("GET", "/projects/{id}", 200, 1.5)
    make, serve = (ASGI[name], uvicorn) if name in ASGI else (WSGI[name], wsgiref)
    with serve(make(Tokens(TOKEN), tracker)) as port:
        base = f"http://127.0.0.1:{port}{ADMIN}"
        schema = schemathesis.openapi.from_url(f"{base}/openapi.json", headers=RIGHT)
        tried = [_try(each.ok(), base) for each in schema.get_all_operations()]
    assert len(tried) > 20
    assert {200, 401, 404} <= set().union(*tried)
    assert tracker.stats()["warnings"] == []


def _try(operation: Any, base: str) -> set[int]:
    """Send examples of one operation; give the statuses that were seen."""
    seen = set[int]()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(case=operation.as_strategy())
    def keeps_to_it(case: Any) -> None:
        # Relative to the document, as OpenAPI says; the tool takes it as relative to the host.
        response = case.call(base_url=base, headers=RIGHT)
        case.validate_response(response, headers=RIGHT, transport_kwargs={"base_url": base})
        seen.add(int(response.status_code))

    keeps_to_it()
    return seen
