"""Checks that JSON has the shape that a `TypedDict` of `perftrack.shapes` says, before anything relies on it."""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NoReturn,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from perftrack_cli.errors import CommandError

LARGEST_NUMBER = 1e15
"""No number of an answer is as large; infinity is, and NaN is not smaller."""

Shape = TypeVar("Shape")
Check = Callable[[object], str | None]
"""Gives the place of what is wrong: "" is the value itself, `None` says that all is well."""


def read(body: bytes, shape: type[Shape]) -> Shape:
    """Return the JSON in *body*, which has *shape*; more keys than it names are allowed.

    Raises:
        CommandError: it has not, or is no JSON.
    """
    try:
        value: object = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise CommandError("the answer is no JSON") from None
    place = check_of(cast(Any, shape))(value)
    if place is not None:
        raise CommandError(f"{place.lstrip('.') or 'the answer'} is not as this version of perftrack knows it")
    return cast(Shape, value)


@cache
def check_of(hint: Any) -> Check:
    """Return the check of a value against *hint*."""
    if is_typeddict(hint):
        return _object(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return check_of(arguments[0])
    if origin in (Union, types.UnionType):
        return _either([check_of(each) for each in arguments])
    if origin is Literal:
        return lambda value: None if value in arguments else ""
    return CONTAINERS[origin](*map(check_of, arguments))


def _object(shape: Any) -> Check:
    checks = {name: check_of(hint) for name, hint in get_type_hints(shape).items()}
    needed: frozenset[str] = shape.__required_keys__

    def check(value: object) -> str | None:
        if not isinstance(value, dict):
            return ""
        found = cast("dict[str, object]", value)
        for name, inner in checks.items():
            place = inner(found[name]) if name in found else ("" if name in needed else None)
            if place is not None:
                return f".{name}{place}"
        return None

    return check


def _list(inner: Check) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, list):
            return ""
        places = (inner(each) for each in cast("list[object]", value))
        return next((f"[{index}]{place}" for index, place in enumerate(places) if place is not None), None)

    return check


def _dict(key: Check, inner: Check) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, dict):
            return ""
        places = (inner(each) for each in cast("dict[str, object]", value).values())
        return next((f".*{place}" for place in places if place is not None), None)

    return check


def _tuple(*inner: Check) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, list) or len(cast("list[object]", value)) != len(inner):
            return ""
        places = (check(each) for check, each in zip(inner, cast("list[object]", value), strict=True))
        return next((place for place in places if place is not None), None)

    return check


def _either(checks: list[Check]) -> Check:
    return lambda value: None if any(check(value) is None for check in checks) else ""


def _integer(value: object) -> str | None:
    return None if type(value) is int and abs(value) < LARGEST_NUMBER else ""


def _number(value: object) -> str | None:
    return None if type(value) is float and abs(value) < LARGEST_NUMBER else _integer(value)


PLAIN: dict[object, Check] = {
    int: _integer,
    float: _number,
    str: lambda value: None if isinstance(value, str) else "",
    type(None): lambda value: None if value is None else "",
}
CONTAINERS: dict[object, Callable[..., Check]] = {list: _list, dict: _dict, tuple: _tuple}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
