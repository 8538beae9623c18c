"""What a scenario is, and the list that the modules in `scenarios/` fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.conformance.client import Client
from tests.conformance.expected import Expected, Row
from tests.conformance.integrations import Integration

Drive = Callable[[Client], None]
Expect = Callable[[Integration], Expected]
NotApplicable = Callable[[Integration], str | None]


@dataclass(frozen=True)
class Scenario:
    """One row of the matrix."""

    title: str
    """As the matrix shows it."""
    right: str
    """What is right, in one sentence."""
    drive: Drive
    """Sends the requests."""
    expect: Expect
    """Gives what they leave behind."""
    absent: NotApplicable
    """Gives the reason why an integration has nothing like it; None where it has."""
    concept: str
    """What a monitor must offer at all for its cell to be right or wrong; empty: every monitor does."""
    app: str | None
    """The value of the header `X-Conformance` for the request that reads the numbers."""


REGISTERED: list[Scenario] = []


def everywhere(integration: Integration) -> str | None:
    """Say that every integration has it."""
    return None


def asgi_only(integration: Integration) -> str | None:
    """Say that WSGI has nothing like it."""
    return None if integration.asgi else "WSGI has none"


def scenario(
    title: str,
    rows: Mapping[str, Row] | None = None,
    *,
    expect: Expect | None = None,
    absent: NotApplicable = everywhere,
    concept: str = "",
    app: str | None = None,
    also: Expected | None = None,
) -> Callable[[Drive], Drive]:
    """Add the decorated function to the list; its docstring says what is right.

    *also* is what is expected besides *rows*; *expect* is for scenarios of which the integrations leave different
    things behind.
    """
    same = replace(also or Expected(), rows=rows or {})

    def add(drive: Drive) -> Drive:
        right = (drive.__doc__ or "").strip()
        REGISTERED.append(Scenario(title, right, drive, expect or (lambda _: same), absent, concept, app))
        return drive

    return add
