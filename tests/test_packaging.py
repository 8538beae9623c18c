"""The promises of the package itself: typed, nothing but the standard library in the core, every folder shipped."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import perftrack

DISTRIBUTION = "perftrack-web"
ROOT = Path(__file__).resolve().parent.parent
ADAPTERS = ROOT / "adapters"

IMPORT_ALL_OF_THE_CORE = """
import importlib, pkgutil, sys

class OnlyTheStandardLibrary:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {"perftrack", *sys.stdlib_module_names}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, OnlyTheStandardLibrary())
sys.path.insert(0, sys.argv[1])
package = importlib.import_module("perftrack")
for module in pkgutil.walk_packages(package.__path__, "perftrack."):
    importlib.import_module(module.name)
roots = {name.partition(".")[0] for name in sys.modules}
print(*sorted(roots - {"perftrack", "__main__"} - sys.stdlib_module_names))
"""


def _listed(key: str) -> list[str]:
    """The strings of the list *key* in pyproject.toml; the standard library reads TOML only since Python 3.11."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(rf"^{key} = \[(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert block, f"pyproject.toml has no list {key}"
    return re.findall(r'"([^"]+)"', block[1])


SHIPPED = [Path(entry).name for entry in _listed("packages")]


def _folder(package: str) -> Path:
    """Where *package* would be imported from; an adapter itself is not imported, as its framework may be absent."""
    spec = importlib.util.find_spec(package)
    assert spec, f"{package} cannot be found"
    assert spec.origin, f"{package} has no __init__.py"
    return Path(spec.origin).parent


def _imported_roots(source: str) -> Iterator[str]:
    """Top-level names of all absolute imports of *source*, also the ones inside functions and conditions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("package", SHIPPED)
def test_each_package_says_that_it_is_typed(package: str) -> None:
    """Type checkers read the annotations of every shipped package."""
    assert (_folder(package) / "py.typed").exists()


@pytest.mark.skipif(not ADAPTERS.exists(), reason="the wheel is under test, without the checkout's adapters")
def test_each_adapter_of_the_checkout_is_shipped() -> None:
    """No adapter is forgotten when the wheel is built."""
    assert sorted(init.parent.name for init in ADAPTERS.glob("*/__init__.py")) == sorted(set(SHIPPED) - {"perftrack"})


def test_the_import_contracts_cover_each_package() -> None:
    """What is shipped is also watched by import-linter."""
    assert sorted(_listed("root_packages")) == sorted(SHIPPED)


def test_the_adapters_folder_is_no_package() -> None:
    """An unrelated package named `adapters` that is installed stays importable beside an editable perftrack."""
    assert not (ADAPTERS / "__init__.py").exists()


def test_the_core_runs_on_the_standard_library_alone() -> None:
    """A fresh interpreter in which every other package is blocked imports all modules of the core."""
    parent = str(_folder("perftrack").parent)
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", IMPORT_ALL_OF_THE_CORE, parent]
    probe = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (probe.returncode, probe.stdout.strip()) == (0, ""), probe.stderr


def test_the_core_names_nothing_beyond_the_standard_library() -> None:
    """Not even a guarded or a type checker's import of the core leads out of the standard library."""
    folder = _folder("perftrack")
    sources = {path.relative_to(folder): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    allowed = {"perftrack", *sys.stdlib_module_names}
    strays = {path: roots for path, text in sources.items() if (roots := set(_imported_roots(text)) - allowed)}
    assert sources
    assert not strays


def test_the_metadata_has_the_version_of_the_code() -> None:
    """The version pip shows is the version the code says."""
    try:
        installed = importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{DISTRIBUTION} is not installed")
    assert installed == perftrack.__version__


def test_the_console_script_leads_to_a_function() -> None:
    """The installed command `perftrack` starts without any of the optional packages."""
    scripts = importlib.metadata.entry_points(group="console_scripts", name="perftrack")
    if not scripts:
        pytest.skip(f"{DISTRIBUTION} is not installed")
    assert all(callable(script.load()) for script in scripts)
