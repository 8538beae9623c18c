"""Find an app by its name, `module:app`."""

from __future__ import annotations

import difflib
import importlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, NoReturn, cast

from perftrack.terminal.text import one_line
from perftrack_cli.detect import Interface, interface_of, type_name
from perftrack_cli.errors import CommandError

DEFAULT_NAMES = ("app", "application")


class LoadedApp(NamedTuple):
    """An app and the interface that it speaks."""

    app: Callable[..., object]
    interface: Interface


def load(target: str) -> LoadedApp:
    """Import the app named by *target* from the working directory or `sys.path`.

    *target* is `module:app`, `module:package.app`, `module:create_app()`, or `module` alone for its `app` or
    `application`. An object that can be called without arguments is a factory, and is called.

    Raises:
        CommandError: it cannot be imported, is not there, or is no app.
    """
    module_name, expression = parse(target)
    _use_working_directory()
    module = _import(module_name)
    names = expression.removesuffix("()")
    found = _find(module, names) if names else _find_default(module)
    if expression.endswith("()"):
        return _from_factory(found, target)
    kind = interface_of(found, target)
    return _from_factory(found, target) if kind == "factory" else LoadedApp(_callable(found), kind)


def parse(target: str) -> tuple[str, str]:
    """Split `module:expression`; the expression is empty where only a module was named.

    Raises:
        CommandError: it is no such name.
    """
    module, colon, expression = target.partition(":")
    if module.endswith(".py") or "/" in module or "\\" in module:
        dotted = module.removesuffix(".py").replace("\\", "/").strip("./").replace("/", ".")
        raise CommandError(f"{target!r} names a file; name its module, like {dotted + colon + expression!r}")
    if not _is_dotted(module) or (colon and not _is_dotted(expression.removesuffix("()"))):
        raise CommandError(f"{target!r} is no name of an app; give 'module:app' or 'module:create_app()'")
    return module, expression


def described(error: BaseException) -> str:
    """Return type, message, file and line of *error* on one line."""
    if isinstance(error, SyntaxError) and error.filename:
        return one_line(f"{type(error).__name__}: {error.msg} ({error.filename}:{error.lineno})")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<frozen ")]
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return one_line(f"{type(error).__name__}: {error}{place}")


def _from_factory(factory: object, target: str) -> LoadedApp:
    name = target.removesuffix("()") + "()"
    try:
        app = _callable(factory)()
    except (Exception, SystemExit) as error:
        raise CommandError(f"calling {name!r} failed: {described(error)}; repair it, or name the app itself") from error
    kind = interface_of(app, name)
    if kind == "factory":
        raise CommandError(f"{name!r} gives {type_name(app)} that takes no arguments; a factory must give an app")
    return LoadedApp(_callable(app), kind)


def _use_working_directory() -> None:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # The module itself or a package above it; any other name is an import inside the module that failed.
        if error.name and f"{name}.".startswith(f"{error.name}."):
            raise CommandError(
                f"no module {error.name!r} in {Path.cwd()} or among the installed packages;"
                " start in the folder that holds it, or put that folder on PYTHONPATH"
            ) from error
        _refuse_import(name, error)
    except (Exception, SystemExit) as error:
        _refuse_import(name, error)


def _refuse_import(name: str, error: BaseException) -> NoReturn:
    raise CommandError(f"importing {name!r} failed: {described(error)}; repair it and start again") from error


def _find(module: ModuleType, names: str) -> object:
    found: object = module
    for name in names.split("."):
        if not hasattr(found, name):
            close = difflib.get_close_matches(name, [each for each in dir(found) if not each.startswith("_")], 1)
            remedy = f"did you mean {close[0]!r}?" if close else "name the app that the module holds"
            raise CommandError(f"{module.__name__!r} has no {names!r}; {remedy}")
        found = getattr(found, name)
    return found


def _find_default(module: ModuleType) -> object:
    for name in DEFAULT_NAMES:
        if hasattr(module, name):
            return cast(object, getattr(module, name))
    raise CommandError(f"{module.__name__!r} has neither 'app' nor 'application'; give '{module.__name__}:name'")


def _callable(candidate: object) -> Callable[..., object]:
    if not callable(candidate):
        raise TypeError(f"{type_name(candidate)} cannot be called")
    return candidate


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))
