"""What the tests of the commands that ask a running app share: an app that is served, and a way to run a command."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from perftrack import PerformanceTracker
from perftrack_cli.main import main
from perftrack_cli.wsgi_server import QuietServer
from perftrack_wsgi import PerformanceMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN = "a-token-of-the-tests-1"


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


def nothing(*arguments: object) -> None:
    """Do nothing: the handlers of the test run stay, and a module is not found."""


def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> Run:
    """Give a way to run a command in this process, with an empty home and nothing of the environment."""
    monkeypatch.setattr("signal.signal", nothing)
    for name in ("PERFTRACK_TOKEN", "PERFTRACK_ADMIN_TOKEN", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))

    def run(*arguments: str) -> Ended:
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Ended(status, out, err)

    return run


def nothing_here(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer 404, as an app does that has no such page."""
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]


def measured() -> PerformanceTracker:
    """Give a tracker with one quick, one slow and one failing endpoint."""
    tracker = PerformanceTracker("tests of the commands", memory="private", slow_query_threshold=0.5)
    for _ in range(96):
        tracker.record("GET", "/products/{id}", 200, 0.0125)
    for _ in range(3):
        tracker.record("GET", "/search", 200, 1.25)
    tracker.record("POST", "/checkout", 500, 0.01)
    return tracker


def app_of(tracker: PerformanceTracker, access: str = TOKEN, prefix: str | None = None) -> PerformanceMiddleware:
    """Give an app with the numbers of *tracker*."""
    return PerformanceMiddleware(nothing_here, tracker=tracker, access=access, admin_prefix=prefix)


@contextlib.contextmanager
def served(app: WSGIApplication, port: int = 0, tls: ssl.SSLContext | None = None) -> Generator[str, None, None]:
    """Serve *app* in a thread, and give its URL."""
    with QuietServer("127.0.0.1", port, app) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def self_signed(folder: Path, name: str = "127.0.0.1") -> Path:
    """Write a key and a certificate for *name*, signed by itself, to one PEM file."""
    x509 = pytest.importorskip("cryptography.x509", reason="comes with pyjwt[crypto]")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "perftrack tests")])
    now = dt.datetime.now(dt.timezone.utc)
    holder = x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([holder]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(private + certificate.public_bytes(encoding))
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    """Give what a server needs to speak TLS with *certificate*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
