"""Who may see the admin pages. Whatever goes wrong here, the door stays shut.

Nothing configured means closed. `access=` opens it: a token, any callable of `AdminRequest`, or `AllowAll()`.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Callable, Mapping
from enum import Enum
from inspect import isawaitable

from perftrack.admin.messages import AdminRequest
from perftrack.errors import SettingError

TOKEN_VARIABLE = "PERFTRACK_ADMIN_TOKEN"  # noqa: S105 - the name of the variable, not a token
SHORTEST_TOKEN = 16
HOW_TO_OPEN = (
    "perftrack: the admin pages are closed, every request to them is answered 403. To open them set the environment "
    "variable PERFTRACK_ADMIN_TOKEN (at least 16 characters), or give access= a token or a callable of AdminRequest, "
    "or access=perftrack.AllowAll() to let everybody in"
)
_ALLOWED = "a token (str), a callable of AdminRequest that returns a bool, AllowAll() or None"
_log = logging.getLogger("perftrack")


class Decision(Enum):
    """What the gate says to one request."""

    ADMITTED = "admitted"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"


Access = str | Callable[[AdminRequest], bool | Decision] | None
Rule = Callable[[AdminRequest], object]


class AllowAll:
    """Everybody may see the numbers and reset them. For a private network or a developer's machine."""

    __slots__ = ()

    def __call__(self, request: AdminRequest) -> Decision:
        """Admit *request*."""
        return Decision.ADMITTED

    def __repr__(self) -> str:
        """Return how it is written."""
        return "AllowAll()"


class BearerToken:
    """Whoever sends `Authorization: Bearer <token>` is admitted; the token is compared in constant time."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        """Refuse a *token* that is too short or could never arrive in a header; no message shows it."""
        if len(token) < SHORTEST_TOKEN:
            raise SettingError(
                f"admin token: {len(token)} characters are too few, allowed are {SHORTEST_TOKEN} or more"
            )
        if any(char.isspace() or not char.isprintable() for char in token):
            raise SettingError("admin token: contains white space or unprintable characters, allowed are none")
        # Servers hand headers over as latin-1 text: beyond ASCII a token arrives as its UTF-8 bytes, a character each.
        as_sent = _bytes(token).decode("latin-1")
        self._token = (_bytes(token), _bytes(as_sent))

    def __call__(self, request: AdminRequest) -> Decision:
        """Admit *request* if it carries the token."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._matches(given.strip(" ")):
            return Decision.UNAUTHENTICATED
        return Decision.ADMITTED

    def __repr__(self) -> str:
        """Return a text without the token."""
        return "BearerToken(***)"

    def _matches(self, given: str) -> bool:
        return sum(hmac.compare_digest(_bytes(given), token) for token in self._token) > 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def chosen_rule(access: object, environ: Mapping[str, str]) -> Rule | None:
    """Return the rule that *access* means, `None` when the pages stay closed."""
    if access is None:
        # An empty variable is how many tools write "not set"; a mounted secret often ends in a newline.
        token = environ.get(TOKEN_VARIABLE, "").strip()
        return BearerToken(token) if token else None
    if isinstance(access, str):
        return BearerToken(access)
    if isinstance(access, type):
        raise SettingError(f"access: the class {access.__name__} is not an instance of it, allowed is {_ALLOWED}")
    if not callable(access):
        raise SettingError(f"access: {type(access).__name__} is not accepted, allowed is {_ALLOWED}")
    return access


class Gate:
    """Asks the configured rule and turns every surprise into FORBIDDEN."""

    def __init__(self, access: Access = None, environ: Mapping[str, str] = os.environ) -> None:
        """Take `access=` as given; `None` reads `PERFTRACK_ADMIN_TOKEN` from *environ*."""
        self._rule = chosen_rule(access, environ)
        self._told: set[str] = set()

    @property
    def closed(self) -> bool:
        """Whether nobody has opened the admin pages."""
        return self._rule is None

    def decide(self, request: AdminRequest) -> Decision:
        """Return what *request* is told."""
        if self._rule is None:
            self._tell(HOW_TO_OPEN)
            return Decision.FORBIDDEN
        try:
            return self._decision(self._rule(request))
        except Exception as error:
            self._tell(f"perftrack: the access callable raised {type(error).__name__}, answered 403", error)
            return Decision.FORBIDDEN

    def _decision(self, verdict: object) -> Decision:
        if isinstance(verdict, Decision):
            return verdict
        if verdict is True:
            return Decision.ADMITTED
        if isawaitable(verdict):
            _discard(verdict)
            self._tell("perftrack: the access callable returned an awaitable, answered 403: it must not be async")
        elif verdict is not False:
            # A truthy object may be an error value or an unbound method: only a plain True opens the door.
            kind = type(verdict).__name__
            self._tell(f"perftrack: the access callable returned {kind}, answered 403: it must return True or False")
        return Decision.FORBIDDEN

    def _tell(self, text: str, error: Exception | None = None) -> None:
        # Once each: whoever knocks must not be able to fill the log.
        if text in self._told:
            return
        self._told.add(text)
        _log.warning("%s", text, exc_info=error)


def _discard(awaitable: object) -> None:
    # An unclosed coroutine would warn "never awaited" from wherever the garbage collector happens to run.
    close = getattr(awaitable, "close", None) or getattr(awaitable, "cancel", None)
    if callable(close):
        close()
