"""Timing that a noisy machine spoils least: CPU time of this process, all subjects in every round, in random order.

A machine that slows down slows the subjects of one round alike, so figures are ratios of one round. What counts is
their median; the quartiles beside it say how far to trust it.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

Round = Callable[[], float]
"""Runs one round of a subject; gives the seconds of CPU that one call took."""

Times = Mapping[str, list[float]]
"""Subject -> its seconds a call, round by round."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some measurements and the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float], scale: float = 1.0) -> Spread:
        """Sum up *values*, each times *scale*."""
        scaled = [value * scale for value in values]
        if len(scaled) == 1:
            return cls(scaled[0], scaled[0], scaled[0])
        low, _, high = quantiles(scaled, n=4, method="inclusive")
        return cls(median(scaled), low, high)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    spread: Spread
    unit: str
    goal: float | None = None
    """The most that is wanted; None for a figure that informs."""

    @property
    def met(self) -> bool | None:
        """Whether the median is within the goal."""
        return None if self.goal is None else self.spread.median <= self.goal


def interleave(subjects: Mapping[str, Round], rounds: int, seed: int = 1) -> Times:
    """Run all *subjects* once to warm them up, then *rounds* times, each time in another order."""
    order = random.Random(seed)
    for run in subjects.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        gc.collect()  # nobody pays for what another one left
        for name in order.sample(list(subjects), len(subjects)):
            times[name].append(subjects[name]())
    return times


def ratios(times: Times, subject: str, base: str) -> list[float]:
    """Divide *subject* by *base*, round by round."""
    return [a / b for a, b in zip(times[subject], times[base], strict=True)]


def added(times: Times, subject: str, bare: str) -> list[float]:
    """Subtract *bare* from *subject*, round by round."""
    return [a - b for a, b in zip(times[subject], times[bare], strict=True)]


def added_ratios(times: Times, subject: str, base: str, bare: str) -> list[float]:
    """Divide what *subject* adds to *bare* by what *base* adds to it, round by round."""
    pairs = zip(added(times, subject, bare), added(times, base, bare), strict=True)
    return [a / b for a, b in pairs if b > 0]
