"""Access by token: several for rotation, with two rights, and the browser sessions that they open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from perftrack.admin.decision import Decision
from perftrack.admin.messages import AdminRequest
from perftrack.errors import SettingError

if TYPE_CHECKING:
    from perftrack.admin.codes import SignInCode
    from perftrack.admin.sessions import Session

TOKEN_VARIABLE: Final = "PERFTRACK_ADMIN_TOKEN"  # noqa: S105 - the name of the variable, not a token
SHORTEST_TOKEN: Final = 16
LOG_SECONDS: Final = 60.0


class Pass:
    """One token: how it can arrive, what it allows, and the sessions that it opens."""

    __slots__ = ("forms", "right", "session")

    def __init__(self, forms: tuple[bytes, bytes], right: Decision, session: Session) -> None:
        """Hold them together."""
        self.forms = forms
        self.right = right
        self.session = session

    def __repr__(self) -> str:
        """Return a text without the token."""
        return f"Pass(***, {self.right})"


class Tokens:
    """Whoever sends `Authorization: Bearer <token>`, or has signed in with one, is let in.

    Several tokens are good at once, so that one can be exchanged for another without a gap. Every comparison takes
    constant time. Taking a token away signs out everybody who came in with it.
    """

    __slots__ = ("_clock", "_code", "_passes", "_refusals")

    def __init__(
        self,
        admins: str | Iterable[str] = (),
        viewers: str | Iterable[str] = (),
        *,
        code: SignInCode | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the tokens.

        Args:
            admins: Tokens, or one, with every right.
            viewers: Tokens, or one, that may look and not reset.
            code: A one-time code that signs in like the first of *admins*.
            clock: Wall time in seconds, for the expiry of sessions.

        Raises:
            SettingError: There is none, one is too short, could never arrive in a header, or is given twice. No message
                shows it.
        """
        passes = [_pass(token, Decision.ADMITTED) for token in _listed(admins)]
        passes += [_pass(token, Decision.VIEWER) for token in _listed(viewers)]
        if not passes:
            raise SettingError("admin token: none is given, needed is one of at least 16 characters")
        if len({each.forms for each in passes}) < len(passes):
            raise SettingError("admin token: the same one is given twice, allowed is each once")
        self._passes = tuple(passes)
        self._code = code
        self._clock = clock
        self._refusals = Refusals()

    def __call__(self, request: AdminRequest) -> Decision:
        """Return what the token or the session of *request* allows."""
        header = request.headers.get("authorization")
        if header is None:
            return self._of_session(request.headers.get("cookie", "")) or Decision.UNAUTHENTICATED
        scheme, _, given = header.partition(" ")
        found = self._find(given.strip(" ")) if scheme.lower() == "bearer" else None
        if found is None:
            self._refusals.note("the Authorization header")
            return Decision.UNAUTHENTICATED
        return found.right

    def __repr__(self) -> str:
        """Return a text without any token."""
        return f"{type(self).__name__}(***)"

    @property
    def refused(self) -> int:
        """How many wrong tokens and codes have come to this process."""
        return self._refusals.count

    def sign_in(self, token: str | None, code: str | None, *, secure: bool) -> tuple[Decision, str] | None:
        """Return the right and the Set-Cookie value of whoever has *token* or *code*, `None` for nobody."""
        found = None
        if token is not None:
            found = self._find(token.strip())
        elif code is not None and self._code is not None and self._code.redeem(code):
            found = self._passes[0]
        if found is None:
            self._refusals.note("a sign-in")
            return None
        return found.right, found.session.cookie(self._clock(), secure=secure)

    def sign_out(self, *, secure: bool) -> list[str]:
        """Return the Set-Cookie values that take every session away from the browser."""
        return [each.session.removal(secure=secure) for each in self._passes]

    def has_session(self, request: AdminRequest) -> bool:
        """Return whether *request* has the cookie of a sign-in."""
        return self._of_session(request.headers.get("cookie", "")) is not None

    def now(self) -> float:
        """Return the wall time by which sessions expire."""
        return self._clock()

    def _find(self, given: str) -> Pass | None:
        from hmac import compare_digest

        sent = _bytes(given)
        # All of them, whichever matches: how long it takes must not tell which one nearly did.
        matches = [each for each in self._passes if sum(compare_digest(sent, form) for form in each.forms)]
        return matches[0] if matches else None

    def _of_session(self, cookies: str) -> Decision | None:
        now = self._clock()
        rights = [each.right for each in self._passes if each.session.is_in(cookies, now)]
        return Decision.ADMITTED if Decision.ADMITTED in rights else next(iter(rights), None)


class BearerToken(Tokens):
    """Whoever has the one *token* is admitted."""

    __slots__ = ()

    def __init__(self, token: str) -> None:
        """Refuse a *token* that is too short or could never arrive in a header; no message shows it."""
        super().__init__([token])


class Refusals:
    """Counts wrong credentials, and logs their number at most once a minute: nobody outside can fill the log."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start at none."""
        self.count = 0
        """How many there were."""
        self._clock = clock
        self._next_line = float("-inf")

    def note(self, where: str) -> None:
        """Count one, that came in *where*."""
        self.count += 1
        now = self._clock()
        if now < self._next_line:
            return
        self._next_line = now + LOG_SECONDS
        import logging

        log = logging.getLogger("perftrack")
        log.warning("perftrack: a wrong admin token or code was refused, in %s; %d so far", where, self.count)


def tokens_in(values: Mapping[str, object]) -> Tokens | None:
    """Return the tokens of `PERFTRACK_ADMIN_TOKEN` in *values*, separated by commas; `None` without any."""
    text = values.get(TOKEN_VARIABLE) or ""
    if not isinstance(text, str):
        raise SettingError(f"{TOKEN_VARIABLE} is of type {type(text).__name__}; it must be text, tokens between commas")
    # An empty variable is how many tools write "not set"; a mounted secret often ends in a newline.
    tokens = [part.strip() for part in text.split(",") if part.strip()]
    return Tokens(tokens) if tokens else None


def _listed(tokens: str | Iterable[str]) -> list[str]:
    return [tokens] if isinstance(tokens, str) else list(tokens)


def _pass(token: str, right: Decision) -> Pass:
    # A caller without a type checker may give anything, and the message must not show it.
    if not isinstance(token, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise SettingError(f"admin token: {type(token).__name__} is no text, allowed is str")
    if len(token) < SHORTEST_TOKEN:
        raise SettingError(f"admin token: {len(token)} characters are too few, allowed are {SHORTEST_TOKEN} or more")
    if any(char.isspace() or not char.isprintable() for char in token):
        raise SettingError("admin token: contains white space or unprintable characters, allowed are none")
    from perftrack.admin.sessions import Session  # which needs what most apps without a token never import

    # Servers hand headers over as latin-1 text: beyond ASCII a token arrives as its UTF-8 bytes, a character each.
    as_sent = _bytes(token).decode("latin-1")
    return Pass((_bytes(token), _bytes(as_sent)), right, Session(_bytes(token)))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
