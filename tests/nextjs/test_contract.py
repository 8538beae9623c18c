"""The front end's description of the admin API is the backend's own, and its lock file suits everybody."""

from __future__ import annotations

import json
import os

import pytest

from perftrack.admin.handlers import ROUTES
from perftrack.admin.openapi import document
from tests.nextjs.support import EXAMPLE

DESCRIPTION = EXAMPLE / "openapi.json"


def current() -> str:
    """Write the description as it should stand in the file."""
    return json.dumps(document(ROUTES), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.skipif("PERFTRACK_NEXTJS" not in os.environ, reason="`scripts/test-nextjs` runs it, and updates the file")
def test_the_description_is_current() -> None:
    """The types of the front end are generated from what the backend serves; that they are is checked by the script."""
    assert DESCRIPTION.read_text(encoding="utf-8") == current(), "update it: scripts/test-nextjs --update"


def test_the_lock_names_no_registry() -> None:
    """Everybody installs the same packages, each from the registry of his own settings."""
    packages = json.loads((EXAMPLE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages["node_modules/next"]["integrity"].startswith("sha512-")
    assert not [name for name, package in packages.items() if "resolved" in package]


if __name__ == "__main__":
    DESCRIPTION.write_text(current(), encoding="utf-8")
