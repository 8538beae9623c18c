"""One GET over HTTP, with nothing but the standard library. Whatever goes wrong becomes one line."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple, cast
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from perftrack import __version__
from perftrack_cli.errors import CommandError
from perftrack_cli.remote.address import Address, origin_of
from perftrack_cli.remote.credentials import Token

LARGEST_ANSWER = 64 * 1024 * 1024
PIECE = 64 * 1024
MOST_HOPS = 5
REDIRECTS = (301, 302, 303, 307, 308)


class Answer(NamedTuple):
    """What a server answered; header names are in small letters."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_perftrack(self) -> bool:
        """Whether the answer comes from perftrack's admin pages: all their JSON has this header."""
        return self.headers.get("x-data-source") == "backend-real"

    @property
    def elsewhere(self) -> str | None:
        """Where a redirect leads."""
        location = self.headers.get("location")
        return urljoin(self.url, location) if self.status in REDIRECTS and location else None

    @property
    def phrase(self) -> str:
        """The status in words."""
        known = self.status in list(HTTPStatus)
        return f"{self.status} {HTTPStatus(self.status).phrase}" if known else str(self.status)


class Fetcher:
    """Sends GETs to one origin, with the token, and to no other origin ever."""

    def __init__(self, address: Address, token: Token | None, timeout: float, context: ssl.SSLContext) -> None:
        """Ask at *address*, for at most *timeout* seconds each time."""
        self.token = token
        self._origin = address.origin
        self._timeout = timeout
        self._opener = OpenerDirector()
        # No handler of errors and none of redirects: every answer comes back as it is. No file:, no ftp:.
        for handler in (ProxyHandler({} if address.is_local else None), HTTPHandler(), HTTPSHandler(context=context)):
            self._opener.add_handler(handler)

    def get(self, url: str) -> Answer:
        """Return the answer to a GET of *url*; redirects are followed within the origin.

        Raises:
            CommandError: there is no answer.
        """
        for _ in range(MOST_HOPS):
            answer = self._asked(url)
            if answer.elsewhere is None or not self._is_own(answer.elsewhere):
                return answer
            url = answer.elsewhere
        raise CommandError(f"{url} redirects in circles; give the URL of the app itself")

    def _is_own(self, url: str) -> bool:
        try:
            return origin_of(urlsplit(url)) == self._origin
        except ValueError:
            return False

    def _asked(self, url: str) -> Answer:
        headers = {"Accept": "application/json", "User-Agent": f"perftrack/{__version__}"}
        if self.token is not None:
            headers["Authorization"] = self.token.header
        try:
            return self._sent(Request(url, headers=headers))  # noqa: S310 - the address has been checked to be http(s)
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise CommandError(f"{self._origin} {_problem(reason, self._timeout)}{self._hint(reason)}") from None

    def _hint(self, error: object) -> str:
        """Return what the trouble may be when the scheme is the wrong one."""
        if self._origin.startswith("https:"):
            return "; is it http://?" if type(error) in (ssl.SSLError, ssl.SSLEOFError) else ""
        broken = isinstance(error, ConnectionError | http.client.BadStatusLine)
        return "; is it https://?" if broken and not isinstance(error, ConnectionRefusedError) else ""

    def _sent(self, request: Request) -> Answer:
        deadline = time.monotonic() + self._timeout
        with cast("http.client.HTTPResponse", self._opener.open(request, timeout=self._timeout)) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(request.full_url, response.status, headers, _body(response, deadline))


def tls(ca_file: str | None, insecure: bool) -> ssl.SSLContext:
    """Return how certificates are checked: by the system's authorities, by those of *ca_file*, or not at all.

    Raises:
        CommandError: the file cannot be used.
    """
    if insecure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        reason = "it holds no certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise CommandError(f"--ca-file {ca_file} cannot be used: {reason}") from None


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise http.client.HTTPException(f"sends more than {LARGEST_ANSWER >> 20} MiB")
        if time.monotonic() > deadline:  # a trickle keeps within the time that one read may take
            raise TimeoutError
    if response.length:  # read1 does not tell that the end came too early
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)


def _problem(error: object, timeout: float) -> str:
    """Say what happened, as what the server did."""
    if isinstance(error, TimeoutError):
        return f"does not answer within {timeout:g} s; is it busy, or a firewall between? --timeout waits longer"
    if isinstance(error, ConnectionRefusedError):
        return "refuses the connection; is the app running there?"
    if isinstance(error, socket.gaierror):
        return "is unknown: no address for this name; check the spelling"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"has a certificate that cannot be trusted ({error.verify_message});"
            " give --ca-file with the certificate that signed it"
        )
    if isinstance(error, ssl.SSLError):
        return f"does not speak TLS as expected ({error.reason or 'the connection broke off'})"
    return _transport_problem(error)


def _transport_problem(error: object) -> str:
    if isinstance(error, http.client.IncompleteRead | ConnectionError):
        return "broke the connection off"
    if isinstance(error, http.client.BadStatusLine | http.client.LineTooLong):
        return "does not speak HTTP; is the port right"
    if isinstance(error, http.client.HTTPException):
        return f"cannot be understood: {str(error) or type(error).__name__}"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return f"cannot be reached: {reason}"
