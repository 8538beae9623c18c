"""Tell an ASGI app from a WSGI app from a factory, by what a callable takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Literal, NoReturn

from perftrack_cli.errors import CommandError

Interface = Literal["asgi", "wsgi"]
Kind = Literal["asgi", "wsgi", "factory"]
KINDS: dict[int, Kind] = {0: "factory", 2: "wsgi", 3: "asgi"}


def interface_of(candidate: object, target: str) -> Kind:
    """Tell what *candidate* is: ASGI when it is async or takes 3 arguments, WSGI when it takes 2, a factory with 0.

    Raises:
        CommandError: it is none of them; *target* is its name in the text.
    """
    if not callable(candidate):
        _refuse_value(candidate, target)
    signature = _signature(candidate, target)
    if _is_async(candidate):
        return _async_interface(signature, target)
    return _plain_interface(signature, target)


def type_name(value: object) -> str:
    """Say what *value* is, for a message."""
    return f"a value of type {type(value).__name__!r}"


def _async_interface(signature: inspect.Signature, target: str) -> Interface:
    try:
        signature.bind("scope", "receive", "send")
    except TypeError:
        raise CommandError(
            f"{target!r} is async and takes {_described(signature)}, an ASGI app takes 3; a factory must not be async"
        ) from None
    return "asgi"


def _plain_interface(signature: inspect.Signature, target: str) -> Kind:
    count = _required(signature)
    if count == 0 and _takes_any_number(signature):
        raise CommandError(
            f"{target!r} takes any number of arguments, which does not tell ASGI from WSGI;"
            " use functools.wraps in its decorator, or write () after the name of a factory"
        )
    if count in KINDS and not _needs_keywords(signature):
        return KINDS[count]
    raise CommandError(
        f"{target!r} takes {_described(signature)}, while an ASGI app takes 3 and a WSGI app 2; name the app"
    )


def _signature(candidate: Callable[..., object], target: str) -> inspect.Signature:
    try:
        return inspect.signature(candidate)
    except (TypeError, ValueError):
        raise CommandError(
            f"{target!r} does not tell which arguments it takes; wrap it in a function that does"
        ) from None


def _is_async(candidate: Callable[..., object]) -> bool:
    # The __call__ of its type, which is what a call runs: that of a class makes an instance, whatever instances do.
    called: object = type(candidate).__call__
    return inspect.iscoroutinefunction(inspect.unwrap(candidate)) or inspect.iscoroutinefunction(called)


def _required(signature: inspect.Signature) -> int:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in positional and each.default is each.empty for each in signature.parameters.values())


def _takes_any_number(signature: inspect.Signature) -> bool:
    return any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in signature.parameters.values())


def _needs_keywords(signature: inspect.Signature) -> bool:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return any(each.kind is keyword and each.default is each.empty for each in signature.parameters.values())


def _described(signature: inspect.Signature) -> str:
    count = _required(signature)
    keywords = " and keywords that must be given" if _needs_keywords(signature) else ""
    return f"{count} argument{'' if count == 1 else 's'}{keywords}"


def _refuse_value(candidate: object, target: str) -> NoReturn:
    if isinstance(candidate, ModuleType):
        raise CommandError(f"{target!r} is a module; name the app in it, like '{candidate.__name__}:app'")
    raise CommandError(f"{target!r} is {type_name(candidate)}, neither an ASGI nor a WSGI app; name the app")
