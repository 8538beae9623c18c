"""The URL that a user gives leads to the admin pages, whichever of them it is, and no secret in it is ever shown."""

from __future__ import annotations

import pytest

from perftrack_cli.errors import CommandError
from perftrack_cli.remote import address

ADMIN = "http://shop.example/admin/performance"


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        ("http://shop.example", [ADMIN, "http://shop.example"]),
        ("http://shop.example:80/", [ADMIN, "http://shop.example"]),
        ("http://SHOP.example/admin/performance", [ADMIN]),
        ("http://shop.example/admin/performance/?sort=p95#code=secret", [ADMIN]),
        ("http://shop.example/admin/performance/stats", [ADMIN]),
        ("http://shop.example/admin/performance/cache/stats", [ADMIN]),
        ("http://shop.example/app", ["http://shop.example/app/admin/performance", "http://shop.example/app"]),
        (
            "http://shop.example/perf/health",
            [
                "http://shop.example/perf/health/admin/performance",
                "http://shop.example/perf/health",
                "http://shop.example/perf",
            ],
        ),
        ("localhost:8000", ["http://localhost:8000/admin/performance", "http://localhost:8000"]),
        ("https://[::1]:8443", ["https://[::1]:8443/admin/performance", "https://[::1]:8443"]),
        ("http://shop.example/a b", ["http://shop.example/a%20b/admin/performance", "http://shop.example/a%20b"]),
    ],
)
def test_bases(text: str, bases: list[str]) -> None:
    """The default prefix is tried first: a wrong guess there is no 404 in the numbers of the app."""
    assert address.read(text).bases() == bases


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is no web address"),
        ("ftp://shop.example", "is no web address; give one such as http://127.0.0.1:8000"),
        ("http://", "is no web address"),
        ("http://shop.example:http", "is no web address"),
        ("http://[shop", "is no web address"),
        ("http://sh op.example", "is no web address"),
        ("shop.example/x", "does not say how to get there; give https://shop.example/x"),
        ("http://me:secret@shop.example", "holds a user name or a password"),
        ("http://secret@shop.example:http", "is no web address"),
        ("file://x/#code=secret", "is no web address"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    """What is no address is refused in one line, without the secret that may be in it."""
    with pytest.raises(CommandError) as refused:
        address.read(text)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


def test_only_this_machine_is_local() -> None:
    """Names that merely look like this machine are not taken for it."""
    assert address.read("http://127.0.0.1").is_local
    assert address.read("http://[::1]").is_local
    assert not address.read("http://localhost.example").is_local
