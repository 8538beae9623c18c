"""The query parameters of the contract: how each is read and what it may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args
from urllib.parse import parse_qsl

from perftrack.parameters import Scope, Sort

Part = Literal["health", "series", "slow", "caches"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
SORTS: tuple[Sort, ...] = get_args(Sort)
PARTS: tuple[Part, ...] = get_args(Part)
LARGEST_LIMIT = 1000

_MOST_FIELDS = 20
_LONGEST_ECHO = 60
# int() also takes "+5", " 5", "1_000" and digits of any script.
_NUMBER = re.compile(r"[0-9]{1,4}")


class QueryError(ValueError):
    """A query that the contract does not allow; the message is the answer's detail."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a query string said, with the defaults of what it did not say."""

    sort: Sort = "time_share"
    limit: int | None = None
    endpoint: str | None = None
    include: tuple[Part, ...] = ()
    strict: bool = False
    name: str | None = None
    scope: Scope = "host"
    workers: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: how its text is read, and what the OpenAPI document says of it."""

    read: Callable[[str], object]
    allowed: str
    schema: Mapping[str, object]
    description: str


def read_query(text: str, known: tuple[str, ...]) -> Query:
    """Return the query in *text*; raise `QueryError` for what is not among *known*, comes twice or is out of range."""
    values: dict[str, Any] = {}
    for name, value in _pairs(text):
        if name not in known:
            raise QueryError(f"query parameter {_echo(name)} is unknown; {_listed(known)}")
        if name in values:
            raise QueryError(f"query parameter {_echo(name)} is given more than once")
        values[name] = _value(name, value)
    return Query(**values)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        # surrogateescape is how servers decode a path, so that the name of such an endpoint can be asked for.
        return parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise QueryError(f"the query cannot be read; at most {_MOST_FIELDS} parameters are allowed") from None


def _value(name: str, text: str) -> object:
    parameter = PARAMETERS[name]
    try:
        return parameter.read(text)
    except ValueError:
        raise QueryError(f"query parameter {name} is {_echo(text)}, allowed is {parameter.allowed}") from None


def _echo(text: str) -> str:
    return ascii(text if len(text) <= _LONGEST_ECHO else text[:_LONGEST_ECHO] + "...")


def _listed(known: tuple[str, ...]) -> str:
    return f"known here: {', '.join(known)}" if known else "none is known here"


def _sort(text: str) -> Sort:
    return SORTS[SORTS.index(cast(Sort, text))]


def _scope(text: str) -> Scope:
    return SCOPES[SCOPES.index(cast(Scope, text))]


def _include(text: str) -> tuple[Part, ...]:
    return tuple(PARTS[PARTS.index(cast(Part, part))] for part in text.split(","))


def _limit(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= LARGEST_LIMIT:
        raise ValueError
    return int(text)


def _flag(text: str) -> bool:
    return bool(("0", "1").index(text))


PARAMETERS: Mapping[str, Parameter] = {
    "sort": Parameter(
        _sort,
        f"one of {', '.join(SORTS)}",
        {"type": "string", "enum": list(SORTS), "default": "time_share"},
        "The order of the keys of `endpoint_stats`, largest first.",
    ),
    "limit": Parameter(
        _limit,
        f"a whole number from 1 to {LARGEST_LIMIT}",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT},
        "Cuts rows only; totals stay whole.",
    ),
    "endpoint": Parameter(str, "a name", {"type": "string"}, "The exact name of the one row wanted; unknown: no rows."),
    "include": Parameter(
        _include,
        f"a comma list of {', '.join(PARTS)}",
        {"type": "array", "items": {"type": "string", "enum": list(PARTS)}, "minItems": 1},
        "Puts these answers into this one, a comma list.",
    ),
    "strict": Parameter(
        _flag, "0 or 1", {"type": "string", "enum": ["0", "1"], "default": "0"}, "With 1: status 503 when unhealthy."
    ),
    "name": Parameter(str, "a name", {"type": "string"}, "The exact name of an endpoint, as `GET /projects`."),
    "scope": Parameter(
        _scope,
        f"one of {', '.join(SCOPES)}",
        {"type": "string", "enum": list(SCOPES), "default": "host"},
        "With `process`: only the worker that answers.",
    ),
    "workers": Parameter(
        _flag,
        "0 or 1",
        {"type": "string", "enum": ["0", "1"], "default": "0"},
        "With 1: `worker_stats` lists each worker's part.",
    ),
}
