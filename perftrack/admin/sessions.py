"""The cookie of a browser that has signed in: an expiry, signed. Nothing is stored, so all workers agree on it.

The key is made of the token and a fixed label: with a new token no old cookie fits, and the cookie tells nobody the
token.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from typing import Final

SESSION_SECONDS: Final = 12 * 60 * 60
_KEY_LABEL: Final = b"perftrack session 1"
_NAME_LABEL: Final = b"perftrack cookie name"
_VALUE: Final = re.compile(r"([0-9]{1,12})\.([0-9a-f]{64})")


class Session:
    """Makes and checks the cookies that belong to one token."""

    __slots__ = ("_key", "name")

    def __init__(self, token: bytes) -> None:
        """Take the key from *token*."""
        self._key = hmac.digest(token, _KEY_LABEL, "sha256")
        # A name for each token: cookies know no ports, and two programs on one machine must not sign each other out.
        self.name = f"perftrack_{hmac.digest(self._key, _NAME_LABEL, 'sha256').hex()[:8]}"
        """The name of the cookie."""

    def cookie(self, now: float, *, secure: bool) -> str:
        """Return the value of a Set-Cookie header that is good for `SESSION_SECONDS`."""
        expires = str(int(now) + SESSION_SECONDS)
        return f"{self.name}={expires}.{self._signature(expires)}; Max-Age={SESSION_SECONDS}{_attributes(secure)}"

    def removal(self, *, secure: bool) -> str:
        """Return the value of a Set-Cookie header that takes the cookie away."""
        return f"{self.name}=; Max-Age=0{_attributes(secure)}"

    def is_in(self, cookies: str, now: float) -> bool:
        """Return whether the Cookie header *cookies* has a cookie of this token that has not expired."""
        return any(self._is_valid(value, now) for name, value in _pairs(cookies) if name == self.name)

    def _is_valid(self, value: str, now: float) -> bool:
        found = _VALUE.fullmatch(value)
        if found is None:
            return False
        return hmac.compare_digest(found[2], self._signature(found[1])) and now < int(found[1])

    def _signature(self, expires: str) -> str:
        return hmac.digest(self._key, expires.encode("ascii"), "sha256").hex()


def _attributes(secure: bool) -> str:
    # No Path: the browser then takes the folder of /sign-in, which is the admin prefix as the browser sees it. A proxy
    # that takes a part off the path, or adds one, is invisible from here.
    return "; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")


def _pairs(cookies: str) -> Iterator[tuple[str, str]]:
    for pair in cookies.split(";"):
        name, _, value = pair.partition("=")
        yield name.strip(" \t"), value.strip(" \t")
