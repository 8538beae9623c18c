"""What a scenario expects of a monitor, and what a monitor said, in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

Range = tuple[float, float]
ANY: Range = (0.0, inf)
QUICK: Range = (0.0, 0.2)
"""Surely none of the waits of the apps is in it; the shortest of them lasts 0.3 s."""


@dataclass(frozen=True)
class Row:
    """One endpoint's row."""

    status: Mapping[str, int]
    outcomes: Mapping[str, int]
    duration: Range | None = ANY
    """Seconds between which every duration lies; None where none may be counted."""
    first_byte: Range | None = ANY
    """The same for the time to the first byte; None where there is no body."""


@dataclass(frozen=True)
class WebSockets:
    """Counts of WebSockets."""

    opened: int = 0
    rejected: int = 0
    close_codes: Mapping[str, int] = field(default_factory=dict[str, int])
    messages_in: int = 0
    messages_out: int = 0


@dataclass(frozen=True)
class Expected:
    """Everything that one scenario leaves behind; what is not named is zero."""

    rows: Mapping[str, Row] = field(default_factory=dict[str, Row])
    streams: int = 0
    stream_seconds: Range = (0.0, 0.0)
    websockets: WebSockets = WebSockets()
    background: Range | None = None
    """Seconds between which the longest background work lies; None where it isn't the point."""
    slow: tuple[str, ...] | None = ()
    """Endpoints in the slow log; None where that depends on how busy the machine is."""
    about_flight: bool = False
    """What is in flight is the point: a monitor without outcomes is asked for that alone."""


@dataclass(frozen=True)
class SeenRow:
    """What a monitor said of one endpoint; None where it does not tell."""

    status: Mapping[str, int]
    outcomes: Mapping[str, int] | None = None
    durations: tuple[float, ...] | None = None
    """The shortest and the longest, or the mean; empty where none was counted."""
    first_bytes: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Seen:
    """What a monitor said after a scenario; None where it does not tell."""

    rows: Mapping[str, SeenRow]
    in_flight: int | None = None
    streams: int | None = None
    stream_seconds: float | None = None
    websockets: WebSockets | None = None
    background: float | None = None
    slow: tuple[str, ...] | None = None


def ok(count: int = 1, status: int = 200, duration: Range | None = ANY, first_byte: Range | None = ANY) -> Row:
    """Expect requests that went well."""
    return Row({str(status): count}, {"ok": count}, duration, first_byte)


def client_error(count: int, status: int) -> Row:
    """Expect errors of the client."""
    return Row({str(status): count}, {"client_error": count})


def server_error(count: int = 1, status: int = 500) -> Row:
    """Expect errors of the server."""
    return Row({str(status): count}, {"server_error": count})


def client_left(status: int | None = 200) -> Row:
    """Expect a client that left: one request, one outcome, no duration."""
    return Row({"none" if status is None else str(status): 1}, {"client_left": 1}, None)


def differences(expected: Expected, seen: Seen) -> list[str]:
    """Say where *seen* is not what was *expected*; what the monitor does not tell is no difference."""
    found = [f"{name} missing" for name in expected.rows if name not in seen.rows]
    found += [f"{name} {dict(row.status)} not expected" for name, row in seen.rows.items() if name not in expected.rows]
    for name, row in expected.rows.items():
        if name in seen.rows and not (expected.about_flight and seen.rows[name].outcomes is None):
            found += (f"{name}: {text}" for text in _row_differences(row, seen.rows[name]))
    return found + list(_total_differences(expected, seen))


def outcomes_of(statuses: Mapping[str, int]) -> dict[str, int]:
    """Give the outcomes that *statuses* alone say."""
    outcomes: Counter[str] = Counter()
    for status, count in statuses.items():
        name = "server_error" if status[:1] not in "1234" else "client_error" if status.startswith("4") else "ok"
        outcomes[name] += count
    return dict(outcomes)


def _row_differences(expected: Row, seen: SeenRow) -> Iterable[str]:
    if seen.outcomes is None and "client_left" in expected.outcomes:
        return  # a monitor without outcomes cannot tell
    by_status = outcomes_of(expected.status)
    outcomes = outcomes_of(seen.status) if seen.outcomes is None else dict(seen.outcomes)
    # A monitor without outcomes can only say by another status that a body broke off.
    status_matters = seen.outcomes is not None or by_status == dict(expected.outcomes)
    if status_matters and dict(seen.status) != dict(expected.status):
        yield f"status {dict(seen.status)} instead of {dict(expected.status)}"
    elif outcomes != dict(expected.outcomes):
        yield f"{outcomes} instead of {dict(expected.outcomes)}"
    yield from _range_differences("duration", expected.duration, seen.durations)
    if set(expected.outcomes) == {"ok"}:
        yield from _range_differences("first byte", expected.first_byte, seen.first_bytes)


def _range_differences(name: str, expected: Range | None, seen: tuple[float, ...] | None) -> Iterable[str]:
    if seen is None:
        return
    if expected is None:
        yield from (f"{name} {seconds:.2f} s instead of none" for seconds in seen[:1])
        return
    low, high = expected
    if not seen and expected != ANY:
        yield f"no {name}"
    for seconds in seen:
        if not low <= seconds <= high:
            yield f"{name} {seconds:.2f} s, not within {low} and {high} s"


def _total_differences(expected: Expected, seen: Seen) -> Iterable[str]:
    if seen.in_flight:
        yield f"{seen.in_flight} in flight instead of 0"
    if seen.streams is not None and seen.streams != expected.streams:
        yield f"{seen.streams} streams instead of {expected.streams}"
    if seen.stream_seconds is not None:
        yield from _range_differences("connection time", expected.stream_seconds, (seen.stream_seconds,))
    if seen.websockets is not None and seen.websockets != expected.websockets:
        yield f"{seen.websockets} instead of {expected.websockets}"
    if None not in (seen.slow, expected.slow) and seen.slow != expected.slow:
        yield f"slow log {seen.slow} instead of {expected.slow}"
    if expected.background is not None and seen.background is not None:
        yield from _range_differences("background", expected.background, (seen.background,))
