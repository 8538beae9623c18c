"""What cannot be done is said in one line on standard error, with the value and the remedy, and exit status 2."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from perftrack_cli.main import main
from tests.adapters.apps.command import TOKEN, perftrack

APP = "tests.adapters.apps.served:generator"
GRANIAN = "`perftrack run` serves with granian; pip install granian"

REFUSALS: list[tuple[list[str], str]] = [
    (["run", "no_such_7f:app"], "no module 'no_such_7f' in "),
    (["run", "tests.adapters.apps.served:generatr"], "did you mean 'generator'?"),
    (["run", "app.py"], "'app.py' names a file; name its module, like 'app'"),
    (["run", "tests.adapters.apps.kinds:one_argument"], "takes 1 argument"),
    (["run", "tests.adapters.apps.kinds:create_failing"], "RuntimeError: no database at db:5432"),
    (["run", APP, "--port", "70000"], "port 70000 is out of range; give --port from 1 to 65535"),
    (["run", APP, "--port", "-1"], "port -1 is out of range"),
    (["run", APP, "--port", "http"], "argument --port: invalid int value: 'http'; see perftrack run --help"),
    (["run", APP, "--host", "192.0.2.1"], "host '192.0.2.1' is no address of this machine"),
    (["run", APP, "--host", "no such host"], "host 'no such host' is unknown"),
    (["run", APP, "--workers", "0"], "--workers 0 is not possible; give 1 or more"),
    (["run", APP, "--slow", "0"], "slow_query_threshold is 0.0; it must be a number of seconds above 0"),
    (["run", APP, "--admin-prefix", "perf"], "admin_prefix is 'perf'; it must be a path"),
    (["run", APP, "--token", "short"], "16"),
    (["run", APP, "--nonsense"], "unrecognized arguments: --nonsense; see perftrack --help"),
    (["demo", "--port", "65536"], "port 65536 is out of range"),
    (["demo", "--seconds", "0"], "--seconds 0 is not possible; give more than 0"),
    (["demo", "--seconds", "nan"], "--seconds nan is not possible"),
    (["demo", "--requests-per-second", "9999"], "--requests-per-second 9999 is not possible; give 1 to 500"),
    (["fly\x1b[2J"], "invalid choice"),
    ([], "the following arguments are required: COMMAND; see perftrack --help"),
]


def nothing(*arguments: object) -> None:
    """Do nothing: the handlers of the test run stay, and a module is not found."""


@pytest.mark.parametrize(("arguments", "text"), REFUSALS)
def test_refuses_in_one_line(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each refusal is one line that starts with the command's name."""
    if "run" in arguments:
        pytest.importorskip("granian", reason=GRANIAN)
    monkeypatch.setattr("signal.signal", nothing)
    try:
        status = main(arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert err.startswith("perftrack: ")
    assert err.count("\n") == 1
    assert text in err
    assert "\x1b" not in err


def test_status_of_the_process(tmp_path: Path) -> None:
    """The process ends with that status, and what the app prints or raises does not add to the line."""
    pytest.importorskip("granian", reason=GRANIAN)
    (tmp_path / "failing_7f.py").write_text("import sys\nprint('noise', file=sys.stderr)\n1 / 0\n")
    ended = perftrack("run", "failing_7f:app", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    place = f"({tmp_path / 'failing_7f.py'}:3)"
    assert ended.stderr == (
        f"perftrack: importing 'failing_7f' failed: ZeroDivisionError: division by zero {place};"
        " repair it and start again\n"
    )


def test_taken_port_of_the_demo() -> None:
    """The demo does not share a port either."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = perftrack("demo", "--port", str(port))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"perftrack: port {port} on 127.0.0.1 is taken" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_granian_is_named_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the server that `run` needs, the line says what to install."""
    monkeypatch.setattr("signal.signal", nothing)
    monkeypatch.setattr("importlib.util.find_spec", nothing)
    assert main(["run", APP, "--token", TOKEN]) == 2
    assert "is not installed; pip install granian" in capsys.readouterr().err


def test_a_short_token_of_the_environment_is_refused() -> None:
    """A token that is too short is refused before anything starts, wherever it comes from."""
    ended = perftrack("run", APP, PERFTRACK_ADMIN_TOKEN="short")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "16" in ended.stderr


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Both are on standard output and no error."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert not ended.value.code
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    assert "module:create_app()" in capsys.readouterr().out
