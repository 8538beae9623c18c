"""Finds the roles in the claims of a token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from perftrack import SettingError


class RolePath(NamedTuple):
    """The names that lead from the claims to the roles; *whole* is the claim whose name has the dots itself."""

    names: tuple[str, ...]
    whole: str | None

    @classmethod
    def read(cls, given: str | Sequence[str]) -> RolePath:
        """Take the path as it was configured.

        Raises:
            SettingError: A name in it is empty.
        """
        names = tuple(given.split(".")) if isinstance(given, str) else tuple(given)
        if not names or not all(names):
            raise SettingError(f"role_claim is {given!r}; it must be names with dots between them, or a list of names")
        return cls(names, given if isinstance(given, str) else None)


def roles_in(claims: Mapping[str, Any], path: RolePath) -> list[str]:
    """Return the roles: a list of texts, or the words of a text. Whatever else is there is no role."""
    found: object = claims.get(path.whole) if path.whole is not None and path.whole in claims else _below(claims, path)
    if isinstance(found, str):
        return [found, *found.split()]
    if isinstance(found, list):
        return [role for role in cast("list[object]", found) if isinstance(role, str)]
    return []


def _below(claims: Mapping[str, Any], path: RolePath) -> object:
    found: object = claims
    for name in path.names:
        if not isinstance(found, dict):
            return None
        found = cast("dict[str, object]", found).get(name)
    return found
