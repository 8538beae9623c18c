"""A folder and a virtual environment for each suite: its tests, its project, and this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

from suites import Suite

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".upstream"
PLUGINS = Path(__file__).resolve().parent / "plugins"


class Environment:
    """Where the tests of one suite are and with which Python they run."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.folder = FOLDER / f"{suite.project}-{suite.version}"
        self._venv = self.folder / "venv"
        self.python = self._venv / ("Scripts" if os.name == "nt" else "bin") / "python"

    @property
    def tests(self) -> Path:
        """The unpacked source distribution, in which the tests are run."""
        return self.folder / "source"

    def ensure(self) -> None:
        """Make it, unless an earlier run has made the same."""
        stamp = self.folder / "made.txt"
        wanted = f"{self.suite}\n{sys.version}\n"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
        self._unpack(self._download())
        self._install()
        stamp.write_text(wanted, encoding="utf-8")

    def _download(self) -> Path:
        name, version = self.suite.project, self.suite.version
        print(f"Downloading the source distribution of {name} {version}", flush=True)
        # Only this one must be no wheel; what is needed to build it may be.
        self._pip(sys.executable, "download", "--no-deps", "--no-binary", name, "--dest", ".", f"{name}=={version}")
        [archive] = self.folder.glob("*.tar.gz")
        return archive

    def _unpack(self, archive: Path) -> None:
        with tarfile.open(archive) as opened:
            opened.extractall(self.folder)  # noqa: S202 - its maintainers' code is about to be run anyway
        [top] = self.folder.glob("*/pyproject.toml")
        top.parent.rename(self.tests)
        if not list(self.tests.glob("tests/**/test_*.py")):
            sys.exit(f"{archive.name} has no tests; choose a version whose source distribution has them.")

    def _install(self) -> None:
        print(f"Installing {self.suite.project} and what its tests need", flush=True)
        venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=True).create(self._venv)
        project = f"{self.tests}[{self.suite.extras}]" if self.suite.extras else str(self.tests)
        self._pip(self.python, "install", project, *self.suite.needs)
        # Behind everything else, so that no folder of this checkout hides one of the project's.
        [packages] = self._venv.glob("**/site-packages")
        paths = [ROOT, ROOT / "adapters", PLUGINS]
        (packages / "perftrack-upstream.pth").write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")

    def _pip(self, python: Path | str, *arguments: str) -> None:
        command = [str(python), "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
        if subprocess.run(command, check=False, cwd=self.folder).returncode:
            sys.exit(f"pip failed, see above. The command was: {' '.join(command)}")
