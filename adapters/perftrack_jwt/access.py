"""`JWTAccess`: an access rule on PyJWT. Nothing that a token says about itself decides how it is checked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jwt

from perftrack import AdminRequest, Decision, SettingError
from perftrack_jwt.keys import ALGORITHMS, JWKSKeys, Keys, OneKey
from perftrack_jwt.roles import RolePath, roles_in

LONGEST_TOKEN: Final = 16_384
LEEWAY_SECONDS: Final = 10
"""The clocks of issuer and app may differ so much."""


class JWTAccess:
    """Lets in whoever sends `Authorization: Bearer <JWT>` with the admin role, and for looking with the viewer role.

    401 for a token that is missing or not valid, 403 for a valid one without either role.
    """

    def __init__(
        self,
        key: str | bytes | None = None,
        *,
        algorithm: str,
        audience: str | Sequence[str] | None,
        issuer: str | None,
        jwks_url: str | None = None,
        role_claim: str | Sequence[str] = "roles",
        admin_role: str | None = "admin",
        viewer_role: str | None = None,
    ) -> None:
        """Check everything that can be checked before the first request.

        Args:
            key: The secret of HS256, HS384 or HS512, at least as long as its hash; else a public key as PEM.
            algorithm: The only one that is accepted.
            audience: What `aud` must be or hold, or any of several. None refuses tokens that have one.
            issuer: What `iss` must be. None takes any.
            jwks_url: Where the issuer publishes its keys, instead of *key*; https, or this machine.
            role_claim: The claim with the roles, a list or words between blanks. Dots lead into objects, as in
                `realm_access.roles`; a sequence of names does where a name has dots itself.
            admin_role: The role with every right.
            viewer_role: The role that may look and not reset.

        Raises:
            SettingError: A value is not allowed; no message shows the key.
        """
        if algorithm not in ALGORITHMS:
            raise SettingError(
                f"JWT algorithm {algorithm!r} is not accepted, allowed is one of {', '.join(ALGORITHMS)}"
            )
        if (key is None) == (jwks_url is None):
            raise SettingError("JWTAccess needs a key or a jwks_url, and not both")
        if not admin_role and not viewer_role:
            raise SettingError("JWTAccess needs an admin_role or a viewer_role: otherwise nobody could get in")
        self._keys: Keys = JWKSKeys(jwks_url, algorithm) if jwks_url is not None else OneKey(key, algorithm)
        self._options: dict[str, Any] = {
            "algorithms": [algorithm],
            "audience": audience,
            "issuer": issuer,
            "leeway": LEEWAY_SECONDS,
            "options": {"require": ["exp"], "verify_signature": True},
        }
        self._role_claim = RolePath.read(role_claim)
        self._rights = {role: right for role, right in _rights(admin_role, viewer_role) if role}

    def __call__(self, request: AdminRequest) -> Decision:
        """Return what the token of *request* allows."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or len(token) > LONGEST_TOKEN:
            return Decision.UNAUTHENTICATED
        claims = self._claims(token.strip(" "))
        return Decision.UNAUTHENTICATED if claims is None else self._right(claims)

    async def decide_async(self, request: AdminRequest) -> Decision:
        """Return the same, without keeping the event loop waiting while the issuer is asked for its keys."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:  # another library's loop
            return self(request)
        return await asyncio.to_thread(self, request)

    def __repr__(self) -> str:
        """Return a text without the key."""
        return f"JWTAccess(algorithm={self._options['algorithms'][0]!r})"

    def _claims(self, token: str) -> Mapping[str, Any] | None:
        try:
            # What the issuer calls critical must be understood (RFC 7515, 4.1.11), and PyJWT does so only since 2.12.
            if "crit" in jwt.get_unverified_header(token) or (key := self._keys.key_of(token)) is None:
                return None
            claims: dict[str, Any] = jwt.decode(token, key, **self._options)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            # The text of the error may quote the token, so it is told to nobody.
            return None
        return claims

    def _right(self, claims: Mapping[str, Any]) -> Decision:
        rights = [self._rights[role] for role in roles_in(claims, self._role_claim) if role in self._rights]
        if Decision.ADMITTED in rights:
            return Decision.ADMITTED
        return Decision.VIEWER if rights else Decision.FORBIDDEN


def _rights(admin_role: str | None, viewer_role: str | None) -> list[tuple[str | None, Decision]]:
    return [(viewer_role, Decision.VIEWER), (admin_role, Decision.ADMITTED)]
