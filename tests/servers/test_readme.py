"""The README's minute from install to the signed-in page: every row of its table, done as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.servers.support import PATIENCE_SECONDS, ROOT, Server, serving

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = pytest.mark.servers

TOKEN = "the-token-of-the-readme"
ADMIN = "/admin/performance"
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
BARE = "async def app(scope, receive, send):\n    raise NotImplementedError\n"

# program -> its module, and how it is told a port
PROGRAMS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "perftrack": ("perftrack_cli", (), ("--port", "{port}")),
    "uvicorn": ("uvicorn", ("--port", "{port}"), ()),
    "flask": ("flask", (), ("--port", "{port}")),
    "waitress-serve": ("waitress", ("--listen=127.0.0.1:{port}",), ()),
    "python manage.py": ("manage", (), ("{port}", "--noreload")),
}


class Row(NamedTuple):
    """One row of the table."""

    name: str
    install: str
    line: str
    start: str
    way_in: str

    def command(self) -> list[str]:
        """Give what follows `python -m` for the start, on a port that the test chooses."""
        program = next(each for each in PROGRAMS if self.start.startswith(each))
        module, first, last = PROGRAMS[program]
        return [module, *first, *self.start.removeprefix(program).split(), *last]


def _rows() -> Iterator[Row]:
    table = README[README.index("| | install | in the app | start | in |") :].split("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield Row(*(cell.strip().strip("`") for cell in line.strip("|").split(" | ")))


ROWS = {row.name: row for row in _rows()}


def _code(text: str, heading: str) -> str:
    """Give the first Python snippet of *text* after *heading*."""
    found = re.search(r"```python\n(.*?)```", text[text.index(heading) :], re.DOTALL)
    assert found
    return found[1]


def _write_project(name: str, folder: Path) -> None:
    """Write what stands in README or guide for the app of a row into *folder*."""
    if name == "Django":
        _write_django(folder)
        return
    sources = {
        "any app": BARE,
        "FastAPI": _code(README, "FastAPI and Starlette:\n"),
        "Starlette": _code(GUIDE, "\n## Starlette\n"),
        "Flask": _code(README, "\nFlask:\n"),
        "ASGI": _code(README, "\nAnything else that speaks ASGI or WSGI:\n"),
        "WSGI": _code(GUIDE, "\n## Any WSGI app\n"),
    }
    (folder / "module.py").write_text(sources[name], encoding="utf-8")


def _write_django(folder: Path) -> None:
    """Start a project, and add the two lines that stand in the README."""
    subprocess.run([sys.executable, "-m", "django", "startproject", "site1", "."], cwd=folder, check=True)
    middleware = re.search(r"^MIDDLEWARE = .*$", README, re.MULTILINE)
    urls = re.search(r"^urlpatterns = .*$", README, re.MULTILINE)
    assert middleware
    assert urls
    with (folder / "site1" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(middleware[0].replace("...", "*MIDDLEWARE") + "\n")
    with (folder / "site1" / "urls.py").open("a", encoding="utf-8") as patterns:
        patterns.write("from django.urls import include\n" + urls[0].replace("...", "*urlpatterns") + "\n")


@pytest.mark.parametrize("name", ROWS)
def test_from_install_to_the_page(name: str, tmp_path: Path) -> None:
    """What is installed is an extra of ours or a package; the app starts, asks for the token, and lets it in."""
    row = ROWS[name]
    _check_install(row.install)
    _write_project(name, tmp_path)
    if name not in ("any app", "Django"):
        code = (tmp_path / "module.py").read_text(encoding="utf-8")
        assert row.line in code.replace("(hello)", "(app)")
    given = {} if name == "any app" else {"PERFTRACK_ADMIN_TOKEN": TOKEN}
    with serving(*row.command(), folder=tmp_path, **given) as server:
        status, page, _ = _ask(server, "GET", "/")
        assert (status, 'type="password"' in page) == (401, True)
        status, _, cookie = _ask(server, "POST", "/sign-in", _secret(name, server))
        assert status == 303
        status, page, _ = _ask(server, "GET", "/", cookie=cookie.partition(";")[0])
        assert {"HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
        assert (status, 'type="password"' in page) == (200, False)


def _check_install(command: str) -> None:
    words = command.replace('"', "").split()
    assert words[:2] == ["pip", "install"]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    here = re.fullmatch(r"\.(?:\[(\w+)\])?", words[2])
    assert here
    assert here[1] is None or here[1] in extras
    for package in words[3:]:
        if find_spec(package) is None:
            pytest.skip(f"pip install {package}")


def _secret(name: str, server: Server) -> str:
    """Give the body of a sign-in: with the code of the link that was printed, else with the token."""
    if name != "any app":
        return f"token={TOKEN}"
    link = re.search(r"/#code=([\w-]+)", server.printed())
    assert link, server.printed()
    return f"code={link[1]}"


def _ask(server: Server, method: str, path: str, body: str = "", cookie: str = "") -> tuple[int, str, str]:
    """Ask as a browser does; give the status, the page and the cookie that it sets."""
    client = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        client.request(method, ADMIN + path, body, headers)
        answer = client.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Set-Cookie", "")
    finally:
        client.close()
