"""Pydantic models out of the core's JSON shapes, so that FastAPI can show them."""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel, Field, create_model


@cache
def model(shape: type) -> type[BaseModel]:
    """Make the model of the `TypedDict` *shape*, with the same name, fields and descriptions."""
    hints = get_type_hints(shape, include_extras=True)
    required: frozenset[str] = shape.__required_keys__  # type: ignore[attr-defined] # every TypedDict has it
    fields: dict[str, Any] = {name: _field(hint, name in required) for name, hint in hints.items()}
    made: type[BaseModel] = create_model(shape.__name__, **fields)
    made.__doc__ = shape.__doc__  # the first versions of pydantic 2 take none in create_model
    return made


def _field(hint: Any, required: bool) -> tuple[Any, Any]:
    described = get_origin(hint) is Annotated
    description = get_args(hint)[-1] if described else None
    inner = get_args(hint)[0] if described else hint
    return _type(inner), Field(... if required else None, description=description)


def _type(hint: Any) -> Any:
    if is_typeddict(hint):
        return model(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(parts[0])
    if origin in (Union, types.UnionType):
        return Union[tuple(_type(part) for part in parts)]  # noqa: UP007 - made of a tuple
    if origin in (list, dict, tuple):
        return types.GenericAlias(origin, tuple(_type(part) for part in parts))
    return hint
