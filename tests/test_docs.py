"""Every Python snippet of README.md and docs/ runs as it is written, and so does every example.

A snippet is a whole program. Where it makes an `app`, that app must answer. Snippets whose first line is a comment with
a file name belong to one Django project, which must pass its own checks. Lines that begin with
`perftrack` are commands.
"""

from __future__ import annotations

import re
import shlex
import sys
import textwrap
from pathlib import Path

import pytest

from perftrack_cli.main import make_parser
from tests.adapters.native_support import TOKEN, run_python

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^( *)```python\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"# (\w+\.py)\n")
FRAMEWORKS = ("fastapi", "starlette", "flask", "django", "litestar", "falcon")

ANSWERS = """
import asyncio, inspect, sys

def status_of(app, path, headers):
    if inspect.iscoroutinefunction(app.__call__):
        import httpx

        async def main():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
                return (await client.get(path, headers=headers)).status_code

        return asyncio.run(main())
    from werkzeug.test import Client

    with Client(app).get(path, headers=headers) as response:
        return response.status_code

app = vars(sys.modules["__main__"]).get("app")
if app is not None:
    bearer = {"Authorization": "Bearer TOKEN"}
    assert status_of(app, "/items/1", {}) in (200, 404)
    assert status_of(app, "/admin/performance/stats", bearer) in (200, 401, 403)
""".replace("TOKEN", TOKEN)

SETTINGS = """
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
SECRET_KEY = "of the tests"
"""


def _blocks(page: Path) -> list[tuple[int, str]]:
    """The snippets of *page*, each with its line."""
    text = page.read_text(encoding="utf-8")
    return [(text[: found.start()].count("\n") + 1, textwrap.dedent(found[2])) for found in BLOCK.finditer(text)]


SNIPPETS = [
    pytest.param(code, id=f"{page.name}:{line}")
    for page in PAGES
    for line, code in _blocks(page)
    if not FILE.match(code)
]
PROJECTS = {page.name: [code for _, code in _blocks(page) if FILE.match(code)] for page in PAGES}


def _needs(code: str) -> None:
    """Skip where a framework that *code* imports is absent: the test extra leaves those of `examples` out."""
    for name in re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE):
        if name in FRAMEWORKS:
            pytest.importorskip(name, reason=f"{name} comes with the extra `examples`")


@pytest.mark.parametrize("code", SNIPPETS)
def test_snippet(code: str) -> None:
    """The snippet runs, and its app answers."""
    _needs(code)
    run_python(code + ANSWERS, PERFTRACK_ADMIN_TOKEN=TOKEN)


@pytest.mark.parametrize("page", [name for name, codes in PROJECTS.items() if codes])
def test_django_project(page: str, tmp_path: Path) -> None:
    """The files of a page are a project about which the system checks have nothing to say, and which answers."""
    pytest.importorskip("django", reason="comes with the extra `django`")
    files = {match[1]: code for code in PROJECTS[page] if (match := FILE.match(code))}
    for name, code in files.items():
        (tmp_path / name).write_text((SETTINGS if name == "settings.py" else "") + code, encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n" + DJANGO
    output = run_python(code + ANSWERS, DJANGO_SETTINGS_MODULE="settings", PERFTRACK_ADMIN_TOKEN=TOKEN)
    assert output == "System check identified no issues (0 silenced).\n"


DJANGO = """
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
call_command("check", stdout=sys.stdout, no_color=True)
"""


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*_app.py")), ids=lambda path: path.stem)
def test_example(path: Path) -> None:
    """The example answers, and its row has the route's template."""
    _needs(path.read_text(encoding="utf-8"))
    code = f"from examples.{path.stem} import *\n{ANSWERS}\nassert status_of(app, '/items/1', {{}}) == 200\n{ROWS}"
    output = run_python(code, PERFTRACK_ADMIN_TOKEN=TOKEN)
    asgi_too = "asgi_app" in path.read_text(encoding="utf-8")
    assert output == f"{{'GET /items/{{item_id}}': {4 if asgi_too else 2}}}\n"


ROWS = """
if "asgi_app" in globals():
    assert [status_of(asgi_app, "/items/1", {}) for _ in range(2)] == [200, 200]
import perftrack
stats = perftrack.get_tracker().stats()
assert not stats["warnings"] and not stats["in_flight"], stats
print({name: row["total_requests"] for name, row in stats["endpoint_stats"].items()})
"""


COMMANDS = [
    pytest.param(line, id=f"{page.name}: {line}")
    for page in PAGES
    for block in re.findall(r"^```(?:sh|yaml)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for line in re.findall(r"^ *(?:- run: )?(perftrack .*)", block, re.MULTILINE)
]


@pytest.mark.parametrize("line", COMMANDS)
def test_command(line: str) -> None:
    """A command line of the pages is one that the command understands."""
    assert make_parser().parse_args(shlex.split(line, comments=True)[1:]).command


def test_pages_are_found() -> None:
    """The pattern still finds the snippets; an empty list would pass in silence."""
    assert len(SNIPPETS) >= 8
    assert len(COMMANDS) >= 8
    assert sys.version_info >= (3, 10)
