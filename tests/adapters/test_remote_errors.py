"""What goes wrong on the way to the app is one line with the remedy and exit status 2; the token stays where it is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from perftrack import AllowAll, PerformanceTracker
from perftrack_wsgi import PerformanceMiddleware
from tests.adapters.remote_support import (
    TOKEN,
    Run,
    app_of,
    measured,
    nothing,
    nothing_here,
    self_signed,
    served,
    server_context,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WRONG = "another-secret-of-mine"


def refused(run: Run, *arguments: str) -> str:
    """Run a command that must end with one line; give the line."""
    ended = run(*arguments)
    assert (ended.status, ended.out) == (2, ""), ended
    assert ended.err.startswith("perftrack: ")
    assert ended.err.count("\n") == 1
    assert TOKEN not in ended.err
    assert WRONG not in ended.err
    assert all(char.isprintable() or char == "\n" for char in ended.err)
    return ended.err


def answering(status: str, headers: list[tuple[str, str]], body: bytes = b"") -> WSGIApplication:
    """Give an app that answers everything alike."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, headers)
        return [body]

    return app


@pytest.fixture
def raw() -> Generator[Callable[[bytes], str], None, None]:
    """A way to get the URL of a port that answers one connection with some bytes."""
    sockets: list[socket.socket] = []

    def serve(data: bytes) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(data)

        threading.Thread(target=answer, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/admin/performance"

    yield serve
    for each in sockets:
        each.close()


def test_token(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing token and a wrong one are told apart, and the wrong one by where it comes from."""
    with served(app_of(measured())) as url:
        assert "asks for the admin token; give --token, PERFTRACK_TOKEN or a netrc file" in refused(run, "stats", url)
        assert "does not accept the token of --token" in refused(run, "stats", url, "--token", WRONG)
        monkeypatch.setenv("PERFTRACK_ADMIN_TOKEN", WRONG)
        assert "does not accept the token of $PERFTRACK_ADMIN_TOKEN" in refused(run, "health", url)


def test_token_of_a_netrc_file(run: Run, tmp_path: Path) -> None:
    """The file at home is enough; one that others may read is not used."""
    path = tmp_path / ".netrc"
    path.write_text(f"machine 127.0.0.1 login admin password {TOKEN}\n")
    path.chmod(0o600)
    with served(app_of(measured())) as url:
        assert run("stats", url).status == 0
        path.chmod(0o644)
        assert "others may read" in refused(run, "stats", url)


def test_closed_pages(run: Run) -> None:
    """Where nobody has opened the admin pages, the reason that the app gives is passed on."""
    tracker = PerformanceTracker("closed", memory="private")
    with served(PerformanceMiddleware(nothing_here, tracker=tracker)) as url:
        assert "answers 403 Forbidden: the admin pages are closed" in refused(run, "stats", url, "--token", WRONG)


def test_no_app_at_all(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nobody listens, a host that is none."""

    def unknown(*arguments: object, **keywords: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    line = refused(run, "health", f"http://127.0.0.1:{port}")
    assert f"http://127.0.0.1:{port} refuses the connection; is the app running there?" in line
    monkeypatch.setattr("socket.getaddrinfo", unknown)
    assert "is unknown: no address for this name" in refused(run, "stats", "http://no-such-host.invalid")


def test_another_app(run: Run) -> None:
    """An app without perftrack is named as such, whatever it answers."""
    with served(nothing_here) as url:
        assert f"{url} is not perftrack: its admin pages are neither there nor below" in refused(run, "stats", url)
    for app in (
        answering("200 OK", [("Content-Type", "application/json")], b"{}"),
        answering("200 OK", [("Content-Type", "text/html")], b"<h1>hello</h1>"),
    ):
        with served(app) as url:
            assert "is not perftrack: its admin pages are neither there" in refused(run, "stats", url)


def test_somebody_else_refuses(run: Run) -> None:
    """A 403 that is not perftrack's is told as what it is, with the token that was sent."""
    with served(answering("403 Forbidden", [])) as url:
        assert "answers 403 Forbidden without a token; it is the app, or a proxy" in refused(run, "stats", url)
        assert "403 Forbidden with the token of --token" in refused(run, "stats", url, "--token", WRONG)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"nonsense", b'{"total_requests": "\x1b[2J"}'])
def test_another_version(run: Run, body: bytes) -> None:
    """An answer that says it is perftrack's and has another shape is refused, not drawn."""
    with served(answering("200 OK", [("X-Data-Source", "backend-real")], body)) as url:
        assert "do both ends have the same version?" in refused(run, "stats", url)


def test_a_hostile_reason_is_inert(run: Run) -> None:
    """The detail of a problem comes from the server: it is cut, and cannot steer the terminal."""
    body = b'{"detail": "\\u001b[2J' + b"x" * 1000 + b'"}'
    with served(answering("500 Internal Server Error", [("X-Data-Source", "backend-real")], body)) as url:
        line = refused(run, "stats", url)
    assert "\\x1b[2Jxxx" in line
    assert len(line) < 300


def test_redirects_within_the_origin_are_followed(run: Run) -> None:
    """A proxy that moves the pages within its own origin moves nobody's token elsewhere."""
    inner = app_of(measured(), prefix="/moved")

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        if not path.startswith("/admin/performance"):
            return inner(environ, start_response)
        location = f"{path.replace('/admin/performance', '/moved')}?{query}"
        start_response("307 Temporary Redirect", [("Location", location)])
        return [b""]

    with served(app) as url:
        assert run("stats", url, "--token", TOKEN).status == 0


def test_the_token_goes_to_no_other_origin(run: Run) -> None:
    """A redirect to another port or host is refused and named; nothing is sent there."""
    seen: list[str] = []

    def thief(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_AUTHORIZATION", ""))
        return nothing_here(environ, start_response)

    with served(thief) as elsewhere, served(answering("302 Found", [("Location", f"{elsewhere}/stats")])) as url:
        line = refused(run, "stats", url, "--token", WRONG)
    assert f"redirects to {elsewhere}, where no token is sent" in line
    assert seen == []


def test_redirects_in_circles(run: Run) -> None:
    """A redirect to itself ends."""
    with served(answering("308 Permanent Redirect", [("Location", "/round")])) as url:
        assert "redirects in circles" in refused(run, "stats", url)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs on this machine is asked itself: a proxy could neither reach it nor should it see the token."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with served(app_of(measured())) as url:
        assert run("stats", url, "--token", TOKEN).status == 0


def test_no_http(run: Run, raw: Callable[[bytes], str]) -> None:
    """Other protocols, broken answers and silence are told apart."""
    assert "does not speak HTTP; is the port right; is it https://?" in refused(run, "stats", raw(b"SSH-2.0-x\r\n\r\n"))
    assert "broke the connection off; is it https://?" in refused(run, "stats", raw(b""))
    cut_off = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-Data-Source: backend-real\r\n\r\n{"
    assert "broke the connection off" in refused(run, "stats", raw(cut_off))
    many = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"
    assert "cannot be understood: got more than 100 headers" in refused(run, "stats", raw(many))


def test_silence(run: Run) -> None:
    """A server that takes the connection and says nothing is given up after the time that was asked for."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        line = refused(run, "stats", url, "--timeout", "0.05")
    assert "does not answer within 0.05 s" in line


def test_tls(run: Run, tmp_path: Path) -> None:
    """A certificate is checked: against the system's authorities, against --ca-file, or not at all with --insecure."""
    certificate = self_signed(tmp_path)
    with served(app_of(measured()), tls=server_context(certificate)) as url:
        line = refused(run, "stats", url, "--token", TOKEN)
        assert "has a certificate that cannot be trusted (self" in line
        assert "give --ca-file with the certificate that signed it" in line
        assert run("stats", url, "--token", TOKEN, "--ca-file", str(certificate)).status == 0
        assert run("stats", url, "--token", TOKEN, "--insecure").status == 0
        plain = url.replace("https:", "http:")
        assert "is it https://?" in refused(run, "stats", plain, "--token", TOKEN)


def test_tls_of_another_host(run: Run, tmp_path: Path) -> None:
    """A certificate that is good for another name is not good here."""
    certificate = self_signed(tmp_path, "shop.example")
    with served(app_of(measured()), tls=server_context(certificate)) as url:
        line = refused(run, "stats", url, "--ca-file", str(certificate))
    assert "cannot be trusted (IP address mismatch" in line


def test_tls_where_there_is_none(run: Run, tmp_path: Path) -> None:
    """https:// on a port without TLS says so, and a file without certificates too."""
    with served(app_of(measured())) as url:
        line = refused(run, "stats", url.replace("http:", "https:"))
        assert "does not speak TLS as expected" in line
        assert "is it http://?" in line
    (tmp_path / "empty.pem").write_text("")
    asked = ("stats", "https://x.invalid", "--ca-file")
    assert "it holds no certificate" in refused(run, *asked, str(tmp_path / "empty.pem"))
    assert "No such file" in refused(run, *asked, str(tmp_path / "missing.pem"))


def test_an_open_app_needs_no_token(run: Run) -> None:
    """Where everybody may look, nothing has to be given."""
    tracker = measured()
    with served(PerformanceMiddleware(nothing_here, tracker=tracker, access=AllowAll())) as url:
        assert run("stats", url).status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "localhost"], "no limit is given; give at least one, like --max-error-rate 1"),
        (["check", "localhost", "--max-p95", "fast"], "--max-p95: 'fast' is neither a number nor ENDPOINT=NUMBER"),
        (["check", "localhost", "--max-p95", "=1"], "'=1' is neither a number"),
        (["check", "localhost", "--max-p95", "nan"], "'nan' is neither a number"),
        (["check", "localhost", "--max-slow=-1"], "'-1' is neither a number"),
        (["slow", "localhost", "--limit", "0"], "'0' is no whole number from 1 to 1000"),
        (["slow", "localhost", "--limit", "٣"], "is no whole number from 1 to 1000"),
        (["stats", "localhost", "--sort", "name"], "argument --sort: invalid choice: 'name'"),
        (["stats", "localhost", "--timeout", "0"], "'0' is no number of seconds above 0"),
        (["stats", "localhost", "--timeout", "soon"], "'soon' is no number of seconds above 0"),
        (["stats"], "the following arguments are required: URL; see perftrack stats --help"),
        (["stats", "http://me:another-secret-of-mine@localhost"], "the URL holds a user name or a password"),
        (["top", "localhost"], "'perftrack top' draws on a terminal, and here is none"),
    ],
)
def test_usage(run: Run, arguments: list[str], said: str) -> None:
    """What is wrong with the command line is said before anybody is asked."""
    assert said in refused(run, *arguments)


def test_rich_is_named_where_it_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that draws, the line says what to install; the other commands need nothing."""
    monkeypatch.setattr("importlib.util.find_spec", nothing)
    assert "is not installed; pip install 'perftrack-web[cli]'" in refused(run, "top", "localhost")
