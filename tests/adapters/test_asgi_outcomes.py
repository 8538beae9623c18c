"""ASGI: each request has exactly one outcome, whatever happens to it."""

from __future__ import annotations

import pytest

from perftrack_asgi.types import ASGIApp, Message, Receive, Scope, Send
from tests.adapters.asgi_support import Wrapped, body, called, root, sends, start


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "ok"),
        (204, "ok"),
        (304, "ok"),
        (399, "ok"),
        (400, "client_error"),
        (404, "client_error"),
        (499, "client_error"),
        (500, "server_error"),
        (503, "server_error"),
    ],
)
def test_status_says_the_outcome(status: int, outcome: str) -> None:
    """A whole response has the outcome of its status."""
    wrapped = Wrapped(sends(start(status), body()), label=root)
    assert wrapped.ask().status == status
    assert wrapped.outcome() == (outcome, str(status))


def test_head_has_its_own_row() -> None:
    """A HEAD request is a row of its own, whole without a body."""
    wrapped = Wrapped(sends(start(200, (b"content-length", b"5")), body()))
    wrapped.ask("HEAD")
    assert wrapped.outcome("HEAD /") == ("ok", "200")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([], "500"),
        ([start(201)], "201"),
        ([start(200), body(b"half", more=True)], "200"),
        ([start(404), body(b"half", more=True)], "404"),
    ],
)
def test_exception_out_of_the_app(sent: list[Message], status: str) -> None:
    """An exception is a server error with the status that was sent, else 500; the very same one comes out."""
    error = LookupError("from the app")
    wrapped = Wrapped(_raises(error, *sent), label=root)
    answer = wrapped.ask()
    assert answer.error is error
    assert answer.messages == sent
    assert wrapped.outcome() == ("server_error", status)


def test_exception_after_the_last_byte() -> None:
    """Who had the whole response had no error."""
    error = LookupError("in the background")
    wrapped = Wrapped(_raises(error, start(), body(b"whole")))
    assert wrapped.ask().error is error
    assert wrapped.outcome() == ("ok", "200")


def test_no_response() -> None:
    """An app that returns without a word made a server error without a status."""
    wrapped = Wrapped(sends())
    wrapped.ask()
    assert wrapped.outcome() == ("server_error", "none")


@pytest.mark.parametrize("sent", [[start()], [start(404)], [start(), body(b"half", more=True)]])
def test_unfinished_body(sent: list[Message]) -> None:
    """A body without its end is a server error, whatever status had been sent."""
    wrapped = Wrapped(sends(*sent), label=root)
    wrapped.ask()
    assert wrapped.outcome() == ("server_error", str(sent[0]["status"]))


def test_client_error_counts_as_error_unless_told_otherwise() -> None:
    """`errors="server"` leaves 4xx out of the errors, not out of the outcomes."""
    for errors, total in (("all", 1), ("server", 0)):
        wrapped = Wrapped(sends(start(400), body()), errors=errors)
        wrapped.ask()
        assert wrapped.row()["total_errors"] == total
        assert wrapped.row()["outcomes"]["client_error"] == 1


def test_send_raises_something_else() -> None:
    """A server that refuses a message is the app's failure, not the client's leaving."""

    async def send(message: Message) -> None:
        raise RuntimeError("no such message")

    wrapped = Wrapped(sends(start(), body()))
    with pytest.raises(RuntimeError, match="no such message"):
        wrapped.run(called(send))
    assert wrapped.outcome()[0] == "server_error"


def _raises(error: Exception, *messages: Message) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await sends(*messages)(scope, receive, send)
        raise error

    return app
