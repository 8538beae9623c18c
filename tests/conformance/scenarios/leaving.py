"""Scenarios about clients that leave: counted, neither a success nor an error nor a duration."""

from __future__ import annotations

import inspect

from starlette.responses import FileResponse

from tests.conformance.client import Client
from tests.conformance.expected import Expected, client_left, ok
from tests.conformance.integrations import DJANGO_ASGI, FASTAPI, RAW_ASGI, STARLETTE, Integration
from tests.conformance.scenario import scenario

CONCEPT = "clients that left"


@scenario("client leaves mid-stream", {"GET /endless": client_left()}, concept=CONCEPT)
def leaves_mid_stream(client: Client) -> None:
    """A client that leaves while a body is streamed is known by that, whatever status it was sent."""
    client.leave_after_first_bytes("/endless")


def _download(integration: Integration) -> Expected:
    """Starlette 1.7 sends files without asking for a disconnect, and uvicorn tells a deaf app of none."""
    if integration in (STARLETTE, FASTAPI) and "http.disconnect" not in inspect.getsource(FileResponse):
        return Expected({"GET /download": ok()})
    return Expected({"GET /download": client_left()})


@scenario("client leaves mid-download", expect=_download, concept=CONCEPT)
def leaves_mid_download(client: Client) -> None:
    """A client that leaves while a file is sent is known by that."""
    client.leave_after_first_bytes("/download")


@scenario("client leaves before a long answer", {"GET /late": client_left()}, concept=CONCEPT)
def leaves_before_long_answer(client: Client) -> None:
    """A client that leaves before a streamed answer has begun is known by that."""
    client.leave_before_answer("/late")


def _small(integration: Integration) -> Expected:
    status = None if integration is DJANGO_ASGI else 200
    return Expected({"GET /small": client_left(status)})


@scenario("client leaves before a small answer", expect=_small, concept=CONCEPT)
def leaves_before_small_answer(client: Client) -> None:
    """A client that closes its connection before a small answer is known by that."""
    client.leave_before_answer("/small")


@scenario("client resets before a small answer", expect=_small, concept=CONCEPT)
def resets_before_small_answer(client: Client) -> None:
    """A client whose connection breaks before a small answer is known by that."""
    client.reset_before_answer("/small")


def _upload(integration: Integration) -> Expected:
    route = "<unmatched>" if integration is DJANGO_ASGI else "/upload"
    status = None if integration in (RAW_ASGI, DJANGO_ASGI) else 500 if integration in (STARLETTE, FASTAPI) else 200
    return Expected({f"POST {route}": client_left(status)})


@scenario("client leaves during its upload", expect=_upload, concept=CONCEPT)
def leaves_during_upload(client: Client) -> None:
    """A client that leaves before its own body is whole is known by that; ASGI Django has chosen no route by then."""
    client.leave_during_upload("/upload")
