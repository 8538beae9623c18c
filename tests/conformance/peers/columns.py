"""The peers, each on the framework it is made for."""

from __future__ import annotations

from functools import partial

from tests.conformance.cell import Reader
from tests.conformance.client import Client
from tests.conformance.columns import Column
from tests.conformance.integrations import DJANGO_WSGI, FASTAPI, FLASK, STARLETTE, Integration
from tests.conformance.peers.prometheus import Names, PrometheusReader
from tests.conformance.scenario import Scenario

ALWAYS = frozenset(("clients that left", "WebSockets", "SSE", "slow log", "two apps"))
"""What none of them offers; two apps in a process are not tried."""

INSTRUMENTATOR = Names(
    "http_requests_total", "http_request_duration_seconds", route="handler", in_flight="http_requests_inprogress"
)
STARLETTE_EXPORTER = Names(
    "starlette_requests_total",
    "starlette_request_duration_seconds",
    status="status_code",
    in_flight="starlette_requests_in_progress",
)
OTEL = Names(
    "http_server_request_duration_count",
    "http_server_request_duration",
    "http_request_method",
    "http_route",
    "http_response_status_code",
    "error_type",
    "http_server_active_requests",
    "_OTHER",
)
FLASK_EXPORTER = Names(
    "flask_http_request_duration_seconds_count", "flask_http_request_duration_seconds", route="url_rule"
)
VIEWS = {
    "item": "/items/{id}",
    "order": "/v1/shop/orders/{id}",
    "broken": "/break",
    "download_file": "/download",
    **{
        name: f"/{name}"
        for name in "teapot boom stream events endless late background slow small upload empty cached".split()
    },
}
DJANGO_PROMETHEUS = Names(
    "django_http_responses_total_by_status_view_method_total",
    "django_http_requests_latency_seconds_by_view_method",
    route="view",
    other_method="<invalid method>",
    routes={f"tests.conformance.apps.django_sync_views.{view}": route for view, route in VIEWS.items()},
)


def _reader(names: Names, client: Client, scenario: Scenario) -> Reader:
    return PrometheusReader(client, names)


NOTHING = frozenset[str]()
PEERS: list[tuple[str, Integration, str, Names, str, frozenset[str]]] = [
    ("instrumentator", FASTAPI, "instrumentator", INSTRUMENTATOR, "prometheus-fastapi-instrumentator", NOTHING),
    ("starlette_exporter", STARLETTE, "starlette_exporter", STARLETTE_EXPORTER, "starlette-exporter", NOTHING),
    ("OTel FastAPI", FASTAPI, "otel_fastapi", OTEL, "opentelemetry-instrumentation-fastapi", NOTHING),
    ("OTel Flask", FLASK, "otel_flask", OTEL, "opentelemetry-instrumentation-flask", NOTHING),
    ("OTel Django", DJANGO_WSGI, "otel_django", OTEL, "opentelemetry-instrumentation-django", NOTHING),
    (
        "flask-exporter",
        FLASK,
        "flask_exporter",
        FLASK_EXPORTER,
        "prometheus-flask-exporter",
        frozenset({"in flight"}),
    ),
    (
        "django-prometheus",
        DJANGO_WSGI,
        "django_prometheus",
        DJANGO_PROMETHEUS,
        "django-prometheus",
        frozenset({"in flight", "skipped paths"}),
    ),
]
"""Column, app, module in this folder, names, distribution, what it does not offer besides `ALWAYS`."""


def peer_columns() -> list[Column]:
    """Give the columns."""
    return [
        Column(
            name,
            integration,
            f"tests.conformance.peers.{module}",
            partial(_reader, names),
            distribution,
            ALWAYS | without,
        )
        for name, integration, module, names, distribution, without in PEERS
    ]
