"""prometheus-fastapi-instrumentator."""

from __future__ import annotations

from typing import Any

from tests.conformance.peers.monitors import asgi_metrics, peer


def watch_fastapi(app: Any) -> Any:
    """Set up a FastAPI app."""
    peer("prometheus_fastapi_instrumentator", "Instrumentator")(
        should_group_status_codes=False,
        excluded_handlers=["/health", "/ping"],
        should_instrument_requests_inprogress=True,
    ).instrument(app)
    return asgi_metrics(app)
