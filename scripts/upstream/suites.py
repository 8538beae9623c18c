"""The suites: which distributions bring them, what they need, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Suite:
    """A framework's own tests."""

    project: str
    version: str
    plugin: str
    """The pytest plugin that wraps."""
    least_requests: int
    """A wrapped run that counts fewer was not wrapped."""
    needs: tuple[str, ...]
    """What the tests import, as the project's own development settings name it."""
    extras: str = ""
    closes: bool = True
    """Whether its test client ends every answer. Werkzeug's drops unread ones without `close`, as no server may."""
    arguments: tuple[str, ...] = ()
    not_the_same: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tests that cannot pass wrapped (`class::name`), each with the reason why no user of an app sees a change."""


SUITES = {
    "starlette": Suite(
        project="starlette",
        version="1.10.0",
        plugin="wrap_asgi",
        least_requests=1000,
        needs=("blockbuster", "httpx2[zstd]>=2.0.0", "importlib-metadata", "opentelemetry-sdk", "pytest>=9.1", "trio"),
        extras="full",
    ),
    "flask": Suite(
        project="flask",
        version="3.1.3",
        plugin="wrap_wsgi",
        least_requests=300,
        needs=("greenlet", "pytest<9"),
        extras="async,dotenv",
        closes=False,
        not_the_same={
            "tests.test_basic::test_app_freed_on_zero_refcount": (
                "app.wsgi_app = Middleware(app.wsgi_app), as Flask's documentation has it, makes a circle, "
                "with any middleware: the app is freed by the garbage collector instead of at once"
            ),
        },
    ),
    "werkzeug": Suite(
        project="werkzeug",
        version="3.1.9",
        plugin="wrap_wsgi",
        least_requests=100,
        needs=("cffi", "cryptography", "ephemeral-port-reserve", "pytest<9", "pytest-timeout", "watchdog"),
        closes=False,
        # Servers in processes of their own, which the plugin does not reach.
        arguments=("-m", "not dev_server"),
    ),
}
