"""The slower checks: every supported Python, the built wheel, pyright. `python -m nox` runs all of them."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import nox

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
# framework -> what to install, and its tests
OLDEST = {
    "django": (["django==4.2.*", "werkzeug"], ["django"]),
    "fastapi": (["fastapi==0.100.*", "pydantic==2.3.*"], ["fastapi", "starlette"]),
    "flask": (["flask==2.3.*", "werkzeug==2.3.*"], ["flask"]),
}
JUNIT_FOLDER = os.environ.get("JUNIT_FOLDER")

# A contributor seldom has every Python; nox names those it skips.
nox.options.error_on_missing_interpreters = False
nox.options.default_venv_backend = "virtualenv"


def _pytest(session: nox.Session, *arguments: str) -> None:
    """Run pytest, with a report for whoever sums up all suites when the environment names a folder for it."""
    report = [f"--junitxml={JUNIT_FOLDER}/nox-{session.name}.xml"] if JUNIT_FOLDER else []
    session.run("python", "-m", "pytest", *report, *arguments, *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests of core and adapters on one Python; what else there is runs on the one of the test command."""
    session.install("-e", ".[run,test]")
    _pytest(session, "-m", "not servers", "tests/core", "tests/adapters", "tests/test_packaging.py")


@nox.session(python="3.11")  # the newest for which the old pydantic has wheels
@nox.parametrize("framework", list(OLDEST))
def oldest(session: nox.Session, framework: str) -> None:
    """The tests of a framework's adapter with the oldest version that it serves."""
    requirements, names = OLDEST[framework]
    session.install("-e", ".", "asgiref", "httpx", "pytest", *requirements)
    files = [str(path) for name in names for path in Path("tests", "adapters").glob(f"test_{name}*.py")]
    _pytest(session, "-W", "default", *files)  # what old versions warn of is long mended


@nox.session(python="3.12")  # before, httpbin and gevent want different greenlets
def gevent(session: nox.Session) -> None:
    """gunicorn with gevent's workers, one and several, under the same script as the other servers."""
    session.install("-e", ".[test]", "gevent>=24.10.1")
    _pytest(session, "tests/servers/test_more_servers.py", "tests/servers/test_workers_servers.py", "-k", "gevent")


@nox.session
def build(session: nox.Session) -> None:
    """The source distribution, and from it the wheel, in dist/."""
    shutil.rmtree("dist", ignore_errors=True)
    session.install("build")
    session.run("python", "-m", "build", "--quiet")


@nox.session(requires=["build"])
def wheel(session: nox.Session) -> None:
    """The wheel without extras, in an empty environment: imported, then tested away from the checkout."""
    [built] = Path("dist").glob("*.whl")
    session.install(str(built.resolve()))
    away = _unpacked_without_packages(Path(session.create_tmp()))
    session.chdir(away)
    session.run("python", "-c", "import perftrack, perftrack_asgi, perftrack_cli, perftrack_wsgi")
    session.install("pytest")
    _pytest(session, "tests/test_packaging.py")


def _unpacked_without_packages(folder: Path) -> Path:
    """The source distribution below *folder*, with its tests and without the code that the wheel has to bring."""
    [sdist] = Path("dist").glob("*.tar.gz")
    shutil.rmtree(folder / "sdist", ignore_errors=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "sdist")  # noqa: S202 - the archive was built a moment ago from this checkout
    [top] = (folder / "sdist").iterdir()
    shutil.rmtree(top / "perftrack")
    shutil.rmtree(top / "adapters")
    return top


@nox.session
def pyright(session: nox.Session) -> None:
    """The second type checker, as strict as the first."""
    session.install("-e", ".[run,test,check]", "pyright[nodejs]")
    session.run("pyright", env={"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})


@nox.session(default=False)
def audit(session: nox.Session) -> None:
    """Known holes in what the extras install. Not among the checks: it asks a service on the net, which CI cannot."""
    session.install("-e", ".[django,fastapi,flask,jwt,run]", "pip-audit")
    session.run("pip-audit", "--skip-editable")
