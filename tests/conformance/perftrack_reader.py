"""Reads what perftrack says, over its admin pages."""

from __future__ import annotations

import json

from perftrack.shapes import EndpointStats, Stats
from tests.conformance.client import Client
from tests.conformance.expected import Seen, SeenRow, WebSockets
from tests.conformance.server import TOKEN


class PerftrackReader:
    """Starts every scenario from zero with a reset, and reads the stats."""

    def __init__(self, client: Client, app: str | None = None) -> None:
        """Read over *client*, of the *app* that the header `X-Conformance` chooses."""
        self._client = client
        self._headers = {"Authorization": f"Bearer {TOKEN}", **({"X-Conformance": app} if app else {})}

    def begin(self) -> None:
        """Forget what was before."""
        assert self._client.request("POST", "/admin/performance/reset", headers=self._headers).status == 200

    def stats(self) -> Stats:
        """Give the whole answer."""
        answer = self._client.request("GET", "/admin/performance/stats", headers=self._headers)
        assert answer.status == 200, answer
        stats: Stats = json.loads(answer.body)
        return stats

    def seen(self) -> Seen:
        """Give what a scenario compares."""
        stats = self.stats()
        sockets, streams = stats["websockets"], stats["streams"]
        return Seen(
            {name: _row(row) for name, row in stats["endpoint_stats"].items()},
            stats["in_flight"] + streams["open"] + sockets["open"],
            streams["finished"],
            streams["connection_time"],
            WebSockets(
                sockets["opened"],
                sockets["rejected"],
                sockets["close_codes"],
                sockets["messages_in"],
                sockets["messages_out"],
            ),
            stats["background"]["max"] or 0.0,
            tuple(slow["endpoint"] for slow in stats["recent_slow_queries"]),
        )


def _row(row: EndpointStats) -> SeenRow:
    outcomes = {str(name): count for name, count in row["outcomes"].items() if isinstance(count, int) and count}
    durations = _known(row["min_duration"], row["max_duration"])
    return SeenRow(row["status"], outcomes, durations, _known(row["first_byte"]["max"]))


def _known(*seconds: float | None) -> tuple[float, ...]:
    return tuple(second for second in seconds if second is not None)
