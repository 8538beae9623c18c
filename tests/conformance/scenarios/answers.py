"""Scenarios about answers: statuses, errors, bodies of every kind."""

from __future__ import annotations

from math import inf

from tests.conformance.apps.shared import DOWNLOAD_BYTES, ETAG, SLOW
from tests.conformance.client import Client
from tests.conformance.expected import QUICK, Expected, Row, client_error, ok, server_error
from tests.conformance.scenario import scenario


@scenario("4xx of the app", {"GET /teapot": client_error(1, 418)})
def client_errors(client: Client) -> None:
    """An error of the client is counted on its route."""
    client.get("/teapot")


@scenario("handler error", {"GET /boom": server_error(2)})
def handler_error(client: Client) -> None:
    """A handler that raises is a 500 on its route."""
    for _ in range(2):
        assert client.get("/boom").status == 500


@scenario("error after the first piece", {"GET /break": server_error(1, 200)})
def error_in_stream(client: Client) -> None:
    """A body that breaks off is an error of the server, although its status was 200."""
    client.get_cut_off("/break")


@scenario("streamed body", {"GET /stream": ok(1, 200, (0.28, 2.0), QUICK)})
def streamed(client: Client) -> None:
    """0.3 s of streaming last 0.3 s, and the first byte came at once."""
    client.get("/stream")


@scenario(
    "server-sent events",
    {"GET /events": ok(1, 200, None)},
    also=Expected(streams=1, stream_seconds=(0.28, 2.0)),
    concept="SSE",
)
def server_sent_events(client: Client) -> None:
    """A stream that is meant to last is a request without a duration; it has its own time."""
    client.get("/events")


@scenario("background work", {"GET /background": ok(1, 200, QUICK)}, also=Expected(background=(0.28, 2.0)))
def background(client: Client) -> None:
    """0.3 s of work after the answer are in no latency."""
    client.get("/background")


@scenario("204 and 304", {"GET /empty": ok(1, 204, first_byte=None), "GET /cached": ok(1, 304, first_byte=None)})
def without_body(client: Client) -> None:
    """Answers without a body are whole, and have no first byte."""
    assert client.get("/empty").status == 204
    assert client.get("/cached", If_None_Match=ETAG).status == 304


@scenario("upload", {"POST /upload": ok(1)})
def upload(client: Client) -> None:
    """A request with a body is counted once, whole."""
    assert b"1000000" in client.request("POST", "/upload", b"x" * 1_000_000).body


@scenario("file download", {"GET /download": ok(1)}, also=Expected(slow=None))
def download(client: Client) -> None:
    """A file that its client got in full is a success."""
    assert len(client.get("/download").body) == DOWNLOAD_BYTES


@scenario("download by a slow client", {"GET /download": ok(1, 200, (0.28, inf))}, also=Expected(slow=None))
def slow_download(client: Client) -> None:
    """A file lasts until the server has handed over its last byte."""
    client.get_slowly("/download", 0.35)


@scenario("pause between two requests", {"GET /items/{id}": ok(2, 200, QUICK)})
def kept_alive(client: Client) -> None:
    """The time in which a kept connection is silent is nobody's latency."""
    client.get_twice("/items/1", 0.4)


@scenario(
    "slow request",
    {"GET /slow": ok(1, 200, (SLOW - 0.02, 3.0)), "GET /items/{id}": ok(1, 200, QUICK)},
    also=Expected(slow=("GET /slow",)),
    concept="slow log",
)
def slow_request(client: Client) -> None:
    """A request slower than the threshold is in the slow log, the others are not."""
    client.get("/slow")
    client.get("/items/1")


@scenario(
    "several statuses of a route",
    {"GET /cached": Row({"200": 2, "304": 1}, {"ok": 3})},
)
def several_statuses(client: Client) -> None:
    """A row counts each status apart."""
    client.get("/cached")
    client.get("/cached", If_None_Match=ETAG)
    client.get("/cached")
