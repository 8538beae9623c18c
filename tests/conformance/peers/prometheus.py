"""Reads what a peer says, in Prometheus' text format, as the difference between two readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from perftrack.labels import template_of_rule
from tests.conformance.client import Client
from tests.conformance.expected import Seen, SeenRow
from tests.conformance.peers.monitors import peer

Key = tuple[str, frozenset[tuple[str, str]]]
Rows = dict[str, Counter[str]]


@dataclass(frozen=True)
class Names:
    """What a peer calls its metrics and labels."""

    count: str
    """The sample with the number of requests."""
    duration: str
    """The histogram of durations, without its suffix."""
    method: str = "method"
    route: str = "path"
    status: str = "status"
    error: str = "no such label"
    """A label that is there where a request failed."""
    in_flight: str | None = None
    other_method: str = "OTHER"
    unmatched: frozenset[str] = frozenset(("", "none", "None", "__unknown__", "<unnamed view>"))
    routes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Templates for peers that name views."""


class PrometheusReader:
    """One peer's numbers since `begin`."""

    def __init__(self, client: Client, names: Names) -> None:
        """Read over *client*."""
        self._client = client
        self._names = names
        self._before: dict[Key, float] = {}

    def begin(self) -> None:
        """Remember what was counted before."""
        self._before = self._samples()

    def seen(self) -> Seen:
        """Give what was counted since."""
        now = self._samples()
        since = {key: value - self._before.get(key, 0.0) for key, value in now.items()}
        rows = {name: self._row(since, name, statuses) for name, statuses in self._statuses(since).items()}
        flying = [value for (name, _), value in now.items() if name == self._names.in_flight]
        return Seen(rows, int(sum(flying)) if self._names.in_flight else None)

    def _samples(self) -> dict[Key, float]:
        families = peer("prometheus_client.parser", "text_string_to_metric_families")
        text = self._client.get("/metrics").body.decode()
        return {
            (sample.name, frozenset((key, value) for key, value in sample.labels.items() if value)): sample.value
            for family in families(text)
            for sample in family.samples
        }

    def _statuses(self, samples: Mapping[Key, float]) -> Rows:
        rows: Rows = {}
        for (name, labels), value in samples.items():
            if name == self._names.count and value > 0:
                row = rows.setdefault(self._endpoint(dict(labels)), Counter())
                row[self._status(dict(labels))] += int(value)
        return rows

    def _status(self, labels: Mapping[str, str]) -> str:
        status = labels.get(self._names.status, "none")
        return "500" if self._names.error in labels and status < "500" else status

    def _endpoint(self, labels: Mapping[str, str]) -> str:
        names = self._names
        method = labels.get(names.method, "")
        route = labels.get(names.route, "")
        if route in names.unmatched:
            route = "<unmatched>"
        else:
            route = "/" + names.routes.get(route, template_of_rule(route)).lstrip("/")
        return f"{'OTHER' if method == names.other_method else method} {route}"

    def _row(self, samples: Mapping[Key, float], endpoint: str, statuses: Counter[str]) -> SeenRow:
        count, seconds = (self._total(samples, endpoint, kind) for kind in ("_count", "_sum"))
        return SeenRow(dict(statuses), None, (seconds / count,) if count else ())

    def _total(self, samples: Mapping[Key, float], endpoint: str, kind: str) -> float:
        name = self._names.duration + kind
        return sum(v for (n, labels), v in samples.items() if n == name and self._endpoint(dict(labels)) == endpoint)
