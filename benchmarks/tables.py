"""The results as tables: aligned text for a terminal, Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results import Curve, Figure, Spread

LIMIT_HEAD = ("figure", "must", "aim", "seen", "quartiles", "")


def plain_table(figures: Sequence[Figure], curves: Sequence[Curve]) -> str:
    """Align all figures, and the curves below them."""
    rows = [("figure", "median", "quartiles", "")]
    rows += [(figure.name, number(figure.spread.median), quartiles(figure.spread), figure.unit) for figure in figures]
    return "\n".join([*_aligned(rows), *(line for curve in curves for line in ["", *_aligned(curve_rows(curve))])])


def limits_table(figures: Sequence[Figure]) -> str:
    """Align the figures that have limits."""
    return "\n".join(_aligned([LIMIT_HEAD, *limit_rows(figures)]))


def limit_rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Give a row for each figure that has limits."""
    return [
        (
            figure.name,
            _most(figure.must),
            _most(figure.aim),
            f"{number(figure.spread.median)} {figure.unit}",
            quartiles(figure.spread),
            figure.verdict,
        )
        for figure in figures
        if figure.must is not None
    ]


def curve_rows(curve: Curve) -> list[tuple[str, ...]]:
    """Give a curve as rows, the first of them its head."""
    head = (f"{curve.name}, {curve.unit}", *(f"{at:,.0f}" for at in curve.at))
    return [head, *((name, *(number(spread.median) for spread in line)) for name, line in curve.lines.items())]


def number(value: float) -> str:
    """Write a number with three digits that count, or all before the point."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.1 or size == 0 else f"{value:.3f}"


def quartiles(spread: Spread) -> str:
    """Write the quartiles."""
    return f"[{number(spread.low)} {number(spread.high)}]"


def markdown(rows: Sequence[Sequence[str]], numbers_from: int = 1) -> list[str]:
    """Write rows, the first of them the head, as a table of Markdown; columns from *numbers_from* on to the right."""
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    rule = ["--:" if column >= numbers_from else "---" for column in range(len(head))]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *body)]


def _most(limit: float | None) -> str:
    return "" if limit is None else f"<= {limit:.3g}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Put the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = widths
    return [row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))]
