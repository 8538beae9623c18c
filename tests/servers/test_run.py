"""`perftrack run` with small apps: every kind is served, the numbers are right, and it stops as it should."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import signal
import socket

import pytest

from tests.adapters.apps.command import TOKEN, Running, perftrack, running

pytest.importorskip("granian", reason="`perftrack run` serves with granian; pip install granian")

pytestmark = pytest.mark.servers

APPS = "tests.adapters.apps.served"


def test_asgi_with_lifespan_and_websockets() -> None:
    """An ASGI app has its lifespan, its state and its WebSockets; all are measured or passed on."""
    with running("run", f"{APPS}:full_asgi", "--token", TOKEN) as server:
        assert b'"started": "yes"' in server.request("GET", "/projects/7")[1]
        assert _websocket_echo(server, "hello") == "echo hello"
        assert server.request("GET", "/boom")[0] == 500
        stats = server.admin("/stats")
        status, printed = server.stop()
    assert stats["endpoint_stats"]["GET /projects/{id}"]["status"] == {"200": 1}
    assert stats["outcomes"]["server_error"] == 1
    assert stats["websockets"]["opened"] == 1
    assert status == 0
    assert "RuntimeError: boom" in printed
    assert "lifespan ended" in printed


def test_asgi_without_lifespan() -> None:
    """An app that knows nothing but HTTP is served all the same."""
    with running("run", f"{APPS}:http_only", PERFTRACK_ADMIN_TOKEN=TOKEN) as server:
        assert server.request("GET", "/")[0] == 200
        assert server.admin("/stats")["total_requests"] == 1
        assert '"Authorization: Bearer $PERFTRACK_ADMIN_TOKEN"' in server.lines[2]


@pytest.mark.parametrize(
    ("name", "status", "body"), [("generator", 201, b"made late"), ("writer", 200, b"written and given")]
)
def test_wsgi_of_every_kind(name: str, status: int, body: bytes) -> None:
    """WSGI apps that granian alone answers wrongly get their status, headers and body."""
    with running("run", f"{APPS}:{name}", "--token", TOKEN) as server:
        with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as client:
            client.sendall(b"GET /x HTTP/1.0\r\n\r\n")
            assert f"x-kind: {name}".encode() in client.recv(4096).lower()
        assert server.request("GET", "/x") == (status, body)
        assert server.admin("/stats")["endpoint_stats"]["GET /x"]["status"] == {str(status): 2}


def test_made_token_opens_the_admin_pages() -> None:
    """Without a token one is made for this run, and shown in a line to paste; without it the pages are closed."""
    with running("run", f"{APPS}:http_only", "--slow", "0.25", "--admin-prefix", "/perf") as server:
        found = re.search(
            r'curl -H "Authorization: Bearer (\S{16,})" http://127\.0\.0\.1:\d+/perf/stats', server.lines[2]
        )
        assert found, server.lines
        assert server.request("GET", "/perf/stats")[0] == 401
        status, body = server.request("GET", "/perf/slow-queries", Authorization=f"Bearer {found[1]}")
    assert status == 200
    assert b'"slow_query_threshold":0.25' in body.replace(b" ", b"")


def test_several_workers_answer_for_all() -> None:
    """Each worker takes the same token, and answers with the numbers of both."""
    with running("run", f"{APPS}:generator", "--workers", "2", "--token", TOKEN) as server:
        for _ in range(20):
            server.request("GET", "/")
        answers = [server.admin("/stats") for _ in range(8)]
        status, printed = server.stop()
    assert {(stats["scope"], stats["total_requests"], *stats["warnings"]) for stats in answers} == {("host", 20)}
    assert (status, printed) == (0, "")


@pytest.mark.parametrize("name", ["full_asgi", "generator"])
def test_the_link_signs_in_once_for_all_workers(name: str) -> None:
    """Whichever worker takes the code, the others refuse it and take the session."""
    with running("run", f"{APPS}:{name}", "--workers", "2") as server:
        code = re.search(r"/admin/performance/#code=(\S+) ", server.lines[1])
        assert code, server.lines
        cookies = [server.sign_in(code[1]) for _ in range(8)]
        assert [cookie is not None for cookie in cookies] == [True] + [False] * 7
        answers = [server.request("GET", "/admin/performance/stats", Cookie=cookies[0] or "")[0] for _ in range(8)]
        assert answers == [200] * 8


def test_several_tokens_of_the_variable() -> None:
    """Each token of the variable is good, and the line to paste shows none of them."""
    with running("run", f"{APPS}:http_only", PERFTRACK_ADMIN_TOKEN=f"{TOKEN},{TOKEN}-new") as server:
        assert all(server.admin("/stats", token)["scope"] for token in (TOKEN, f"{TOKEN}-new"))
        assert "<one of $PERFTRACK_ADMIN_TOKEN>" in server.lines[2]


@pytest.mark.parametrize("name", ["full_asgi", "generator"])
def test_ctrl_c_of_a_terminal_ends_it_cleanly(name: str) -> None:
    """The signal that reaches command and workers at once ends all of them, with status 0 and without complaint."""
    with running("run", f"{APPS}:{name}", "--workers", "2", "--token", TOKEN) as server:
        os.killpg(server.process.pid, signal.SIGINT)
        status, out = server.end()
    assert status == 0
    assert "Traceback" not in out
    assert "Unexpected exit" not in out


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_a_closed_terminal_ends_it() -> None:
    """SIGHUP, which granian takes as reload, ends the command as a closed terminal should."""
    with running("run", f"{APPS}:http_only", "--token", TOKEN) as server:
        assert server.stop(signal.SIGHUP) == (0, "")


def test_a_worker_that_dies() -> None:
    """A server that ends by itself has exit status 1, and says so."""
    with running("run", f"{APPS}:http_only", "--token", TOKEN) as server:
        pid = json.loads(server.request("GET", "/")[1])["pid"]
        os.kill(pid, signal.SIGKILL)
        status, out = server.end()
    assert status == 1
    assert "Unexpected exit" in out


def test_taken_port() -> None:
    """A port that another program has is refused in one line, though granian would have shared it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = perftrack("run", f"{APPS}:generator", "--port", str(port))
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert f"perftrack: port {port} on 127.0.0.1 is taken" in ended.stderr


def _websocket_echo(server: Running, text: str) -> str:
    key = base64.b64encode(bytes(16)).decode()
    head = (
        f"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    payload = text.encode()
    # One masked text frame; the mask of zeros leaves the payload as it is.
    frame = bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client, client.makefile("rb") as stream:
        client.sendall(head.encode())
        assert b" 101 " in stream.readline()
        while stream.readline().strip():
            pass
        client.sendall(frame)
        length = stream.read(2)[1]
        return stream.read(length).decode()
