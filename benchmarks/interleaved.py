"""Timing that a noisy machine spoils least: CPU time of this process, all subjects in every round, in random order.

A machine that slows down slows the subjects of one round alike, so figures are ratios of one round. What counts is
their median; the quartiles beside it say how far to trust it.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Mapping

Round = Callable[[], float]
"""Runs one round of a subject; gives the seconds of CPU that one call took."""

Times = Mapping[str, list[float]]
"""Subject -> its seconds a call, round by round."""


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
