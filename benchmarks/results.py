"""What a section of the benchmark gives: figures, curves, notes, and what the oracle found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any


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

    def over(self, divisor: float) -> Spread:
        """Divide all three."""
        return Spread(self.median / divisor, self.low / divisor, self.high / divisor)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a table."""

    name: str
    spread: Spread
    unit: str
    must: float | None = None
    """The most that is allowed; None for a figure that informs."""
    aim: float | None = None
    """The most that is wanted."""

    @property
    def verdict(self) -> str:
        """How the median stands to the limits."""
        if self.must is None:
            return ""
        if self.spread.median > self.must:
            return "missed"
        return "met" if self.aim is None or self.spread.median > self.aim else "met, and the aim"


@dataclass(frozen=True, slots=True)
class Curve:
    """How one thing grows, or does not, with another."""

    name: str
    across: str
    """What grows."""
    unit: str
    at: tuple[float, ...]
    lines: Mapping[str, tuple[Spread, ...]]
    """Subject -> its value at each of `at`."""


@dataclass(slots=True)
class Results:
    """What a section found."""

    figures: list[Figure] = field(default_factory=list[Figure])
    curves: list[Curve] = field(default_factory=list[Curve])
    notes: list[str] = field(default_factory=list[str])
    """What was not measured, and why."""
    compared: int = 0
    """Numbers held to the oracle."""
    differences: list[str] = field(default_factory=list[str])

    def to_json(self) -> dict[str, Any]:
        """Give plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Results:
        """Take plain data."""
        return cls(
            list(map(_figure, data["figures"])),
            list(map(_curve, data["curves"])),
            data["notes"],
            data["compared"],
            data["differences"],
        )


def _figure(data: Mapping[str, Any]) -> Figure:
    return Figure(data["name"], Spread(**data["spread"]), data["unit"], data["must"], data["aim"])


def _curve(data: Mapping[str, Any]) -> Curve:
    lines = {name: tuple(Spread(**value) for value in values) for name, values in data["lines"].items()}
    return Curve(data["name"], data["across"], data["unit"], tuple(data["at"]), lines)
