"""JSON Schema (draft 2020-12) out of the `TypedDict`s of `perftrack.shapes`."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]

_SIMPLE: dict[object, str] = {
    bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null",
}  # fmt: skip


def components(roots: Iterable[type]) -> dict[str, Schema]:
    """Return the schemas of *roots* and of every `TypedDict` they mention, by name."""
    found: dict[str, Schema] = {}
    waiting = list(roots)
    while waiting:
        shape = waiting.pop()
        if shape.__name__ in found:
            continue
        hints = get_type_hints(shape, include_extras=True)
        found[shape.__name__] = _object(shape, hints)
        for hint in hints.values():
            waiting.extend(_mentioned(hint))
    return dict(sorted(found.items()))


def reference(shape: type) -> Schema:
    """Return a reference to the schema of *shape*."""
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _object(shape: type, hints: dict[str, Any]) -> Schema:
    required: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    schema: Schema = {"type": "object", "properties": {name: schema_of(hint) for name, hint in hints.items()}}
    if shape.__doc__:  # python -OO has none
        schema["description"] = shape.__doc__
    if required:
        schema["required"] = [name for name in hints if name in required]
    return schema


def _mentioned(hint: Any) -> list[type]:
    if is_typeddict(hint):
        return [hint]
    return [shape for part in get_args(hint) for shape in _mentioned(part)]


def schema_of(hint: Any) -> Schema:
    """Return the schema of one type; a type that the shapes do not use raises `TypeError`."""
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if is_typeddict(hint):
        return reference(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return {**schema_of(parts[0]), "description": parts[-1]}
    if origin is Literal:
        return {"type": "string", "enum": list(parts)}
    if origin in (Union, types.UnionType):
        return _either([schema_of(part) for part in parts])
    return _container(origin, parts)


def _either(options: list[Schema]) -> Schema:
    if all(set(option) == {"type"} for option in options):
        return {"type": [option["type"] for option in options]}
    return {"anyOf": options}


def _container(origin: Any, parts: tuple[Any, ...]) -> Schema:
    if origin is list:
        return {"type": "array", "items": schema_of(parts[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(parts[1])}
    if origin is tuple:
        items = [schema_of(part) for part in parts]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items), "maxItems": len(items)}
    raise TypeError(f"the shapes have a type without a schema: {origin!r}")
