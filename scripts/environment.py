"""Make the checkout's `.venv` and install perftrack and its tools into it, with Python and pip alone.

`python3 scripts/environment.py test check` installs these extras of `pyproject.toml`. A second call finds its stamp
and does nothing. Written for the oldest pip and the leanest Python there are: a distribution may ship Python without
`ensurepip`, forbid pip to touch its own packages, and know neither dependency groups nor `pip --python`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "perftrack.json"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
PIP_WITH_PYTHON_OPTION = (22, 3)


def ensure(extras: Iterable[str]) -> None:
    """Leave a `.venv` of the running Python in which perftrack is installed, editable, with at least *extras*."""
    fingerprint = _fingerprint()
    usable = _usable()
    installed = _stamped_extras(fingerprint) if usable else set[str]()
    if installed and installed.issuperset(extras):
        return
    if not usable:
        _create()
    wanted = sorted(installed.union(extras))
    _install(wanted)
    STAMP.write_text(json.dumps({"fingerprint": fingerprint, "extras": wanted}), encoding="utf-8")


def _fingerprint() -> str:
    """What decides on the content of `.venv`: the project's metadata and the Python."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()


def _stamped_extras(fingerprint: str) -> set[str]:
    """Extras that an earlier run installed from the same metadata."""
    if not STAMP.exists():
        return set()
    stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    return set(stamp["extras"]) if stamp["fingerprint"] == fingerprint else set()


def _usable() -> bool:
    """Whether `.venv` is there, is of the running minor version of Python, and starts."""
    settings = VENV / "pyvenv.cfg"
    if not (settings.exists() and PYTHON.exists()):
        return False
    version = rf"^version(_info)?\s*=\s*{sys.version_info[0]}\.{sys.version_info[1]}\."
    if not re.search(version, settings.read_text(encoding="utf-8"), re.MULTILINE):
        return False
    return subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0


def _create() -> None:
    """Make a new `.venv`, without pip: that part needs `ensurepip`, which Debian keeps in a package of its own."""
    print(f"Creating .venv with Python {sys.version.split()[0]}", flush=True)
    venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=False).create(VENV)


def _install(extras: list[str]) -> None:
    """Install the checkout, editable, with *extras*."""
    print(f"Installing perftrack with the extras {', '.join(extras)}; the first time takes a minute", flush=True)
    target = f"{ROOT}[{','.join(extras)}]"
    command = [*_pip(), "install", "--quiet", "--disable-pip-version-check", "--editable", target]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"Installing failed, see above. The command was: {' '.join(command)}")


def _pip() -> list[str]:
    """The command of a pip that installs into `.venv`."""
    if _outer_pip() >= PIP_WITH_PYTHON_OPTION:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    inner = [str(PYTHON), "-m", "pip"]
    if importlib.util.find_spec("ensurepip"):
        subprocess.run([PYTHON, "-m", "ensurepip", "--default-pip"], check=True, stdout=subprocess.DEVNULL)
        return inner
    if not _outer_pip():
        sys.exit("Python came without pip. Install it (Debian and Ubuntu: apt install python3-pip) and run this again.")
    print("This pip cannot install into another environment: putting a newer one into .venv", flush=True)
    outer = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*outer, "--upgrade", "--target", _site_packages(), "pip"], check=True)
    return inner


def _outer_pip() -> tuple[int, ...]:
    """Version of the running Python's own pip; empty without one."""
    answer = subprocess.run([sys.executable, "-m", "pip", "--version"], check=False, capture_output=True, text=True)
    version = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return tuple(int(number) for number in version.groups()) if version else ()


def _site_packages() -> str:
    """Where `.venv` keeps its packages."""
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.run([PYTHON, "-c", question], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    ensure(sys.argv[1:])
