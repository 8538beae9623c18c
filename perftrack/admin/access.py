"""Who may see the admin pages. Whatever goes wrong here, the door stays shut.

Nothing configured means closed. `access=` opens it: tokens, any callable of `AdminRequest`, or `AllowAll()`.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from perftrack.admin.decision import Decision
from perftrack.admin.messages import AdminRequest
from perftrack.admin.tokens import Tokens, tokens_in
from perftrack.errors import SettingError

HOW_TO_OPEN = (
    "perftrack: the admin pages are closed, every request to them is answered 403. To open them set the environment "
    "variable PERFTRACK_ADMIN_TOKEN (at least 16 characters), or give access= a token or a callable of AdminRequest, "
    "or access=perftrack.AllowAll() to let everybody in"
)
_ALLOWED = (
    "a token (str), a list of tokens, Tokens(), a callable of AdminRequest that returns a bool or a Decision, "
    "AllowAll() or None"
)

Verdict = bool | Decision
Access = str | Sequence[str] | Callable[[AdminRequest], Verdict | Awaitable[Verdict]] | None
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


class Either:
    """Lets in whom *first* lets in, and else whoever has a token."""

    __slots__ = ("_first", "tokens")

    def __init__(self, first: Callable[[AdminRequest], Decision], tokens: Tokens) -> None:
        """Ask *first* before *tokens*."""
        self._first = first
        self.tokens = tokens
        """The tokens, with which a browser can sign in."""

    def __call__(self, request: AdminRequest) -> Decision:
        """Return the better of the two decisions for *request*."""
        decision = self._first(request)
        if decision is Decision.ADMITTED:
            return decision
        by_token = self.tokens(request)
        return decision if decision is Decision.VIEWER and by_token is not Decision.ADMITTED else by_token


def chosen_rule(access: object, environ: Mapping[str, str]) -> Rule | None:
    """Return the rule that *access* means, `None` when the pages stay closed."""
    if access is None:
        return tokens_in(environ)
    if isinstance(access, str):
        return Tokens(access)
    if isinstance(access, list | tuple):
        return Tokens(cast("Sequence[str]", access))
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

    @property
    def tokens(self) -> Tokens | None:
        """Return the tokens with which a browser can sign in, `None` where something else decides alone."""
        tokens = self._rule if isinstance(self._rule, Tokens) else getattr(self._rule, "tokens", None)
        return tokens if isinstance(tokens, Tokens) else None

    def has_session(self, request: AdminRequest) -> bool:
        """Return whether *request* comes from a browser that has signed in with a token."""
        tokens = self.tokens
        return tokens is not None and "authorization" not in request.headers and tokens.has_session(request)

    def decide(self, request: AdminRequest) -> Decision:
        """Return what *request* is told, by a rule that is no coroutine."""
        if self._rule is None:
            return self._closed()
        try:
            verdict = self._rule(request)
            if _is_awaitable(verdict):
                _discard(verdict)
                self._tell(
                    "perftrack: the access callable returned an awaitable, answered 403: it must not be async here, "
                    "only an ASGI app can wait for it"
                )
                return Decision.FORBIDDEN
            return self._decision(verdict)
        except Exception as error:
            return self._failed(error)

    async def decide_async(self, request: AdminRequest) -> Decision:
        """Return what *request* is told, by any rule."""
        if self._rule is None:
            return self._closed()
        try:
            # A rule that may have to wait for something can have a second way that does not block the others.
            verdict: Any = getattr(self._rule, "decide_async", self._rule)(request)
            return self._decision(await verdict if _is_awaitable(verdict) else verdict)
        except Exception as error:
            return self._failed(error)

    def _closed(self) -> Decision:
        self._tell(HOW_TO_OPEN)
        return Decision.FORBIDDEN

    def _failed(self, error: Exception) -> Decision:
        self._tell(f"perftrack: the access callable raised {type(error).__name__}, answered 403", error)
        return Decision.FORBIDDEN

    def _decision(self, verdict: object) -> Decision:
        if isinstance(verdict, Decision):
            return verdict
        if verdict is True:
            return Decision.ADMITTED
        if verdict is not False:
            # A truthy object may be an error value or an unbound method: only a plain True opens the door.
            kind = type(verdict).__name__
            self._tell(f"perftrack: the access callable returned {kind}, answered 403: it must return True or False")
        return Decision.FORBIDDEN

    def _tell(self, text: str, error: Exception | None = None) -> None:
        # Once each: whoever knocks must not be able to fill the log.
        if text in self._told:
            return
        self._told.add(text)
        import logging

        logging.getLogger("perftrack").warning("%s", text, exc_info=error)


def _is_awaitable(verdict: object) -> bool:
    from inspect import isawaitable

    return isawaitable(verdict)


def _discard(awaitable: object) -> None:
    # An unclosed coroutine would warn "never awaited" from wherever the garbage collector happens to run.
    close = getattr(awaitable, "close", None) or getattr(awaitable, "cancel", None)
    if callable(close):
        close()
