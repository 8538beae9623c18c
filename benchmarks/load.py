"""Requests to record: repeatable, with lognormal durations, on a simulated clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

CALLS = 40_000
"""Requests of a round."""

MEDIAN_LOG, SIGMA = -4.0, 0.8
"""Of the durations: 18 ms in the middle, 1 ms to 300 ms around it."""

START = 1_000_000.25
"""Where the simulated clock starts."""

ERRORS = (404, 422, 500, 503)
SLOW_SECONDS = 1.5

Drawn = tuple[str, int, float, float]
"""Route, status, duration, first byte."""

Finished = tuple[str, int, float, float, float]
"""The same and the finish, by the simulated clock."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a round records, over and over: only the clock goes on."""

    name: str
    endpoints: int = 50
    rate: float = 5000.0
    """Requests a second of the simulated clock."""
    error_share: float = 0.0
    slow_share: float = 0.0
    calls: int = CALLS

    @property
    def step(self) -> float:
        """Seconds of the simulated clock between two requests."""
        return 1.0 / self.rate

    def draw(self, seed: int = 1) -> list[Drawn]:
        """Draw the requests of a round."""
        dice = random.Random(seed)
        routes = [f"/resource-{number}/{{id}}" for number in range(self.endpoints)]
        return [self._request(dice, routes) for _ in range(self.calls)]

    def _request(self, dice: random.Random, routes: list[str]) -> Drawn:
        route = dice.choice(routes)
        status = dice.choice(ERRORS) if dice.random() < self.error_share else 200
        duration = dice.lognormvariate(MEDIAN_LOG, SIGMA)
        if dice.random() < self.slow_share:
            duration += SLOW_SECONDS
        return route, status, duration, duration / 2


def finished(requests: list[Drawn], start: float, step: float) -> Iterator[Finished]:
    """Give *requests* with the finish of each, by a clock that stood at *start*, in the arithmetic of the subjects."""
    finish = start
    for request in requests:
        finish += step
        yield (*request, finish)


LOADS = (
    Load("50 endpoints, 5000/s"),
    Load("1 endpoint, 5000/s", endpoints=1),
    Load("50 endpoints, 500/s", rate=500.0),
    Load("50 endpoints, 50000/s", rate=50_000.0),
    Load("10 % errors, 1 % slow, 5000/s", error_share=0.1, slow_share=0.01),
)
