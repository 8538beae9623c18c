"""The URL that a user gives: of the app, of the admin pages, or of one of them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from perftrack.settings import Settings
from perftrack_cli.errors import CommandError

DEFAULT_PREFIX = Settings().admin_prefix
PAGES = ("/cache/stats", "/openapi.json", "/slow-queries", "/endpoint", "/health", "/series", "/stats")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"http": 80, "https": 443}


class Address(NamedTuple):
    """Where an app is, without query, fragment and slash at the end."""

    origin: str
    host: str
    path: str

    @property
    def shown(self) -> str:
        """The address as text."""
        return self.origin + self.path

    @property
    def is_local(self) -> bool:
        """Whether it is this machine, for which no proxy is asked."""
        return self.host in LOOPBACK or self.host.startswith("127.")

    def bases(self) -> list[str]:
        """Return the URLs below which the admin pages can be, the likeliest first.

        The default prefix comes before the URL as given: below the admin pages a wrong guess is counted nowhere, while
        `/stats` of the app itself would be one more 404 in its numbers.
        """
        page = next((page for page in PAGES if self.path.endswith(page)), "")
        without_page = self.path.removesuffix(page)
        if without_page.endswith(DEFAULT_PREFIX):
            return [self.origin + without_page]
        paths = [self.path + DEFAULT_PREFIX, self.path, without_page]
        return [self.origin + path for path in dict.fromkeys(paths)]


def read(text: str) -> Address:
    """Return the address in *text*; without a scheme, `localhost:8000` is meant to be http.

    Raises:
        CommandError: it is no web address, or holds a user name; no message shows what may be a secret.
    """
    parts = _split(text if "://" in text else f"http://{text}")
    host = parts.hostname
    if parts.username is not None or parts.password is not None:
        raise CommandError("the URL holds a user name or a password; give the token with --token or PERFTRACK_TOKEN")
    if parts.scheme not in PORTS or not host:
        raise CommandError(f"{_shown(text)!r} is no web address; give one such as http://127.0.0.1:8000")
    address = Address(origin_of(parts), host, quote(parts.path.rstrip("/"), safe="/%~!$&'()*+,;=:@"))
    if "://" not in text and not address.is_local:
        raise CommandError(f"{_shown(text)!r} does not say how to get there; give https://{_shown(text)}")
    return address


def origin_of(parts: SplitResult) -> str:
    """Return scheme, host and port as one text that can be compared; the port is left out where it is the usual one."""
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}"


def shown_origin(url: str) -> str:
    """Return the origin of a *url* that came from a server, whatever it is."""
    try:
        return origin_of(urlsplit(url))
    except ValueError:
        return "an address that is none"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError:
        raise CommandError(f"{_shown(text)!r} is no web address; give one such as http://127.0.0.1:8000") from None
    if any(char.isspace() or not char.isprintable() for char in parts.netloc):
        raise CommandError(f"{_shown(text)!r} is no web address; give one such as http://127.0.0.1:8000")
    return parts


def _shown(text: str) -> str:
    """Return *text* without what may be a secret: a sign-in code in the fragment, a user, a query."""
    return text.partition("#")[0].partition("?")[0].rpartition("@")[2]
