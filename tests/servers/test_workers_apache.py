"""Apache with mod_wsgi: its daemon processes show the numbers of all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.support import ROOT, free_port
from tests.servers.workers_load import await_end
from tests.servers.workers_support import Look, Workers, workers_of

pytestmark = pytest.mark.servers

MODULES = [Path("/usr/lib/apache2/modules"), Path("/usr/lib64/httpd/modules"), Path("/usr/lib/httpd/modules")]
NOBODY = 65534
"""Apache refuses to run apps as root."""

CONFIGURATION = """
ServerName localhost
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/errors
Listen 127.0.0.1:{port}
{loaded}
{user}
WSGISocketPrefix {folder}/wsgi
WSGIDaemonProcess shop processes=3 threads={threads} python-path={folder}:{folder}/adapters
WSGIProcessGroup shop
WSGIApplicationGroup %{{GLOBAL}}
WSGIScriptAlias / {folder}/app.wsgi
<Directory {folder}>
  Require all granted
</Directory>
"""


@pytest.fixture
def modules() -> Path:
    """Where Apache's modules are."""
    found = [folder for folder in MODULES if (folder / "mod_wsgi.so").exists()]
    if _program() is None or not found:
        pytest.skip("Apache with mod_wsgi is not installed (Debian: apt install apache2 libapache2-mod-wsgi-py3)")
    return found[0]


@pytest.fixture
def folder() -> Generator[Path, None, None]:
    """A folder that the daemon processes can read, with the app and perftrack in it."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for package in ("perftrack", "adapters"):
            shutil.copytree(ROOT / package, place / package, ignore=shutil.ignore_patterns("__pycache__"))
        servers = place / "tests" / "servers"
        servers.mkdir(parents=True)
        for module in ("workers_answers.py", "workers_apps.py"):
            shutil.copy(ROOT / "tests" / "servers" / module, servers)
        (place / "app.wsgi").write_text(
            "from tests.servers.workers_apps import wsgi as application\n", encoding="ascii"
        )
        _give_away(place)
        yield place


@pytest.mark.parametrize("threads", [1, 4])
def test_every_daemon_process_shows_the_numbers_of_all(threads: int, modules: Path, folder: Path) -> None:
    """Exactly what was sent is in every one of a dozen answers, also when processes have been replaced."""
    port = free_port()
    configuration = folder / "configuration"
    configuration.write_text(_configuration(modules, folder, port, threads), encoding="ascii")
    program = _program()
    assert program
    variables = {"PYTHONPATH": ""}
    command = ("-f", str(configuration), "-DFOREGROUND")
    with workers_of(*command, program=program, folder=folder, port=port, variables=variables) as server:
        server.send(["/fast"] * 100 + ["/fails"] * 20)
        assert len(server.answered) > 1
        assert _shown(server.looks()) == {("host", 120, 20)}, (folder / "errors").read_text(encoding="utf-8")
        _reload(server, program, configuration)
        server.send(["/fast"] * 30)
        assert _shown(server.looks()) == {("host", 150, 20)}


def _reload(server: Workers, program: str, configuration: Path) -> None:
    """Replace the daemon processes, as `apachectl graceful` does."""
    before = server.await_workers(2)
    subprocess.run([program, "-f", str(configuration), "-k", "graceful"], check=True)
    await_end(*before)


def _shown(looks: list[Look]) -> set[tuple[Any, ...]]:
    return {(*look.total, look.stats["total_errors"]) for look in looks}


def _configuration(modules: Path, folder: Path, port: int, threads: int) -> str:
    loaded = "\n".join(
        f"LoadModule {name}_module {modules}/mod_{name}.so"
        for name in ("unixd", "mpm_event", "authz_core", "wsgi")
        if (modules / f"mod_{name}.so").exists()
    )
    user = f"User #{NOBODY}\nGroup #{NOBODY}" if os.geteuid() == 0 else ""
    return CONFIGURATION.format(folder=folder, port=port, loaded=loaded, user=user, threads=threads)


def _give_away(place: Path) -> None:
    """Let the user under whom root's Apache runs its processes own everything."""
    if os.geteuid() != 0:
        return
    for path in [place, *place.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)


def _program() -> str | None:
    return shutil.which("apache2") or shutil.which("httpd")
