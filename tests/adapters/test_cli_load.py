"""`module:app`: what is found, what it speaks, and what is said when it is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perftrack_cli.check import check
from perftrack_cli.errors import CommandError
from perftrack_cli.load import load, parse

KINDS = "tests.adapters.apps.kinds"

ASGI_NAMES = ["asgi", "async_instance", "returns_coroutine", "asgi_partial", "asgi_decorated"]
WSGI_NAMES = ["wsgi", "sync_instance", "WSGIClass", "bound_method", "wsgi_partial", "wsgi_decorated", "Box.inner"]
FACTORY_NAMES = ["create_asgi", "create_asgi()", "AsyncCall", "AsyncCall()"]
WSGI_FACTORY_NAMES = ["create_wsgi", "create_wsgi()", "create_any()", "SyncCall", "Box.inner.__class__"]

REFUSALS = [
    ("no_app", "is a value of type 'int', neither an ASGI nor a WSGI app"),
    ("functools", "is a module; name the app in it, like 'functools:app'"),
    ("one_argument", "takes 1 argument, while an ASGI app takes 3 and a WSGI app 2"),
    ("needs_shape", "takes 2 arguments and keywords that must be given"),
    ("hidden_wsgi", "takes any number of arguments"),
    ("create_async", "is async and takes 0 arguments, an ASGI app takes 3"),
    ("create_nothing", "is a value of type 'NoneType'"),
    ("create_factory", "gives a value of type 'function' that takes no arguments"),
    ("create_failing", "failed: RuntimeError: no database at db:5432 ("),
    ("one_argument()", "failed: TypeError: one_argument() missing 1 required positional argument"),
    ("no_app()", "failed: TypeError: a value of type 'int' cannot be called"),
    ("asig", "has no 'asig'; did you mean 'asgi'?"),
    ("xyzzy", "has no 'xyzzy'; name the app that the module holds"),
    ("Box.outer.inner", "has no 'Box.outer.inner'"),
]


@pytest.mark.parametrize("name", ASGI_NAMES + FACTORY_NAMES)
def test_finds_asgi_apps(name: str) -> None:
    """Whatever is async, or takes three arguments, or makes such an app, speaks ASGI."""
    assert load(f"{KINDS}:{name}").interface == "asgi"


@pytest.mark.parametrize("name", WSGI_NAMES + WSGI_FACTORY_NAMES)
def test_finds_wsgi_apps(name: str) -> None:
    """Whatever takes two arguments, or makes such an app, speaks WSGI."""
    assert load(f"{KINDS}:{name}").interface == "wsgi"


def test_gives_the_object_itself() -> None:
    """An app is handed on as it is, a factory's product instead of the factory."""
    from tests.adapters.apps import kinds

    assert load(f"{KINDS}:wsgi").app is kinds.wsgi
    assert isinstance(load(f"{KINDS}:create_wsgi").app, kinds.SyncCall)


def test_takes_app_then_application_of_a_bare_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module alone means its `app`, else its `application`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "both_names_7f.py").write_text("async def app(scope, receive, send): ...\ndef application(a, b): ...\n")
    assert load("both_names_7f").interface == "asgi"
    assert load(KINDS).interface == "wsgi"


def test_puts_the_working_directory_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules beside the user are found, and before installed ones."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "beside_7f.py").write_text("def app(environ, start_response): ...\n")
    load("beside_7f")
    assert sys.path[0] == str(tmp_path)


@pytest.mark.parametrize(("name", "text"), REFUSALS)
def test_refuses_in_one_line(name: str, text: str) -> None:
    """What cannot be served is refused with its name, the reason and the remedy."""
    with pytest.raises(CommandError) as caught:
        load(f"{KINDS}:{name}")
    assert text in str(caught.value)
    assert name.removesuffix("()") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("app.py", "'app.py' names a file; name its module, like 'app'"),
        ("./src/shop/main.py:app", "like 'src.shop.main:app'"),
        ("", "is no name of an app"),
        ("module:", "is no name of an app"),
        ("module:create_app(1)", "is no name of an app"),
        ("module:a..b", "is no name of an app"),
        ("my-module:app", "is no name of an app"),
    ],
)
def test_refuses_what_is_no_name(target: str, text: str) -> None:
    """Files, calls with arguments and typing errors are refused before anything is imported."""
    with pytest.raises(CommandError, match=r"give 'module:app'|names a file") as caught:
        parse(target)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("import no_such_7f", "ModuleNotFoundError: No module named 'no_such_7f' ({file}:1)"),
        ("\nraise ValueError('a\\nb')", "ValueError: a b ({file}:2)"),
        ("import sys\nsys.exit('set DATABASE_URL')", "SystemExit: set DATABASE_URL ({file}:2)"),
        ("def broken(:", "SyntaxError: invalid syntax ({file}:1)"),
    ],
)
def test_tells_an_error_inside_the_module(
    source: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that fails while it is imported is told with the exception, its message, file and line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    file = tmp_path / "failing_7f.py"
    file.write_text(source)
    with pytest.raises(CommandError) as caught:
        load("failing_7f:app")
    assert f"importing 'failing_7f' failed: {text.format(file=file)}" in str(caught.value)


def test_tells_a_module_that_is_not_there() -> None:
    """A module, or a package above it, that does not exist is named, with the folder that was searched."""
    with pytest.raises(CommandError, match=r"no module 'no_such_7f' in .*; start in the folder"):
        load("no_such_7f.web:app")


def test_tells_a_module_without_app() -> None:
    """A module alone that has neither of the two names gets a hint how to name another."""
    with pytest.raises(CommandError, match="'json' has neither 'app' nor 'application'; give 'json:name'"):
        load("json")


class TestCheck:
    """The same in a process of its own."""

    def test_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the app does when it is imported does not happen in this process, and what it prints is no answer."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "noisy_7f.py").write_text("print('hello')\nasync def app(scope, receive, send): ...\n")
        assert check("noisy_7f") == "asgi"
        assert "noisy_7f" not in sys.modules

    def test_does_not_wait_for_threads_of_the_app(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A thread started at import that never ends does not keep the server from starting."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("perftrack_cli.check.PATIENCE_SECONDS", 0.0)
        source = "import threading\nthreading.Thread(target=threading.Event().wait).start()\ndef app(e, s): ...\n"
        (tmp_path / "threads_7f.py").write_text(source)
        assert check("threads_7f") == "wsgi"

    def test_hands_the_refusal_on(self) -> None:
        """What the child refuses is refused here with the same text."""
        with pytest.raises(CommandError, match=r"'tests\.adapters\.apps\.kinds' has no 'asig'; did you mean 'asgi'"):
            check(f"{KINDS}:asig")

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ("import os\nos._exit(3)", "importing 'abrupt_7f:app' ended Python with status 3"),
            ("class A:\n @property\n def __wrapped__(self): 1/0\n def __call__(self, a, b): ...\napp = A()", "ZeroDiv"),
        ],
    )
    def test_survives_an_app_that_ends_it(
        self, source: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An app that ends the interpreter, or fails while it is looked at, is refused like any other."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "abrupt_7f.py").write_text(source)
        with pytest.raises(CommandError, match=text):
            check("abrupt_7f:app")
