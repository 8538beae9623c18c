"""The dashboard: plain files that hold no number. The numbers come from the other paths, asked for by its script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

_MEDIA_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_MODULES: Final = (
    "actions banner cards charts detail dom draw endpoints format kinds main numbers slow tiles view"
).split()

# A whitelist: no name from a request ever becomes part of a file path.
ASSETS: Final[Mapping[str, str]] = {
    name: _MEDIA_TYPES[name.rpartition(".")[2]]
    for name in ("page.css", "sign-in.js", "theme.js", *(f"{module}.js" for module in _MODULES))
}
"""The files below `/assets/`, with their media types."""


@cache
def asset(name: str) -> bytes:
    """Return one of `ASSETS`."""
    from importlib.resources import files  # noqa: PLC0415 - it imports much, and only who looks at the page needs it

    return (files("perftrack.admin") / "assets" / name).read_bytes()


@cache
def render(*, viewer: bool, signed_in: bool) -> bytes:
    """Return the page for a *viewer*, who cannot reset, or for whoever has *signed_in* and so can sign out."""
    marks = " data-viewer" * viewer + " data-signed-in" * signed_in
    # All modules at once: a browser that finds them one by one needs a round trip for each level of imports.
    preloads = "\n".join(f'<link rel="modulepreload" href="assets/{module}.js">' for module in _MODULES)
    text = asset("page.html").decode("utf-8")
    return text.replace("<!-- modules -->", preloads).replace("<body>", f"<body{marks}>").encode("utf-8")
