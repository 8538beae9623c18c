"""Pictures of the results as SVG, written by hand: readable on a light and on a dark page, with nothing to install."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log10

from benchmarks.results import Curve, Figure, Spread
from benchmarks.tables import number

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px }
.end { text-anchor: end }
.middle { text-anchor: middle }
.axis { stroke: #8c959f; stroke-width: 1 }
.grid { stroke: #d0d7de; stroke-width: 1 }
.line { fill: none; stroke-width: 2 }
.band { opacity: .18 }
.s0 { stroke: #0969da } .f0 { fill: #0969da }
.s1 { stroke: #9a6700 } .f1 { fill: #9a6700 }
.s2 { stroke: #8250df } .f2 { fill: #8250df }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .axis { stroke: #8b949e } .grid { stroke: #30363d }
  .s0 { stroke: #58a6ff } .f0 { fill: #58a6ff }
  .s1 { stroke: #d29922 } .f1 { fill: #d29922 }
  .s2 { stroke: #bc8cff } .f2 { fill: #bc8cff }
}
"""

PANEL_WIDTH, PANEL_HEIGHT = 420, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 46, 42
TICKS = 4

BAR_HEIGHT, LABEL_WIDTH, BAR_WIDTH = 20, 300, 440


def curves_picture(curves: Sequence[Curve]) -> str:
    """Draw the curves, two beside each other."""
    panels = [
        f'<g transform="translate({PANEL_WIDTH * (at % 2)} {PANEL_HEIGHT * (at // 2)})">{_panel(curve)}</g>'
        for at, curve in enumerate(curves)
    ]
    return _svg(PANEL_WIDTH * 2, PANEL_HEIGHT * ((len(curves) + 1) // 2), panels)


def bars_picture(title: str, groups: Sequence[tuple[str, Sequence[Figure]]]) -> str:
    """Draw a bar for each figure, those of a group on one scale."""
    parts, top = [f'<text class="title" x="8" y="20">{escape(title)}</text>'], 36.0
    for name, figures in groups:
        parts.append(f'<text class="title" x="8" y="{top + 14:g}">{escape(name)}</text>')
        most = max(0.001, *(figure.spread.high for figure in figures))
        for at, figure in enumerate(figures, 1):
            parts.append(_bar(figure, top + at * BAR_HEIGHT, BAR_WIDTH / most))
        top += (len(figures) + 1.5) * BAR_HEIGHT
    return _svg(LABEL_WIDTH + BAR_WIDTH + 100, top, parts)


def _bar(figure: Figure, top: float, scale: float) -> str:
    length = max(0.0, figure.spread.median) * scale
    value = f"{number(figure.spread.median)} {figure.unit}"
    colour = "f0" if "perftrack" in figure.name else "f1"
    return (
        f'<text class="end" x="{LABEL_WIDTH - 8}" y="{top + 14:g}">{escape(figure.name)}</text>'
        f'<rect class="{colour}" x="{LABEL_WIDTH}" y="{top + 3:g}" width="{length:.1f}" height="{BAR_HEIGHT - 6}"/>'
        f'<text x="{LABEL_WIDTH + length + 6:.1f}" y="{top + 14:g}">{escape(value)}</text>'
    )


def _panel(curve: Curve) -> str:
    """Draw one curve: across by the power of ten, upwards from zero."""
    most = max(spread.high for line in curve.lines.values() for spread in line) * 1.1 or 1.0
    parts = [f'<text class="title" x="8" y="18">{escape(curve.name)}, {escape(curve.unit)}</text>']
    for tick in range(TICKS + 1):
        value = most * tick / TICKS
        up = _up(value, most)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{PANEL_WIDTH - RIGHT}" y1="{up:.1f}" y2="{up:.1f}"/>')
        parts.append(f'<text class="end" x="{LEFT - 6}" y="{up + 4:.1f}">{number(value)}</text>')
    for at in curve.at:
        across = _across(at, curve.at)
        parts.append(f'<text class="middle" x="{across:.1f}" y="{PANEL_HEIGHT - BOTTOM + 16}">{at:,.0f}</text>')
    middle = (LEFT + PANEL_WIDTH - RIGHT) / 2
    parts.append(f'<text class="middle" x="{middle:g}" y="{PANEL_HEIGHT - 8}">{escape(curve.across)}</text>')
    for order, (name, line) in enumerate(curve.lines.items()):
        parts += _line(curve.at, line, most, order % 3)
        parts.append(f'<text class="f{order % 3}" x="{LEFT + 130 * order}" y="36">{escape(name)}</text>')
    return "".join(parts)


def _line(at: Sequence[float], line: Sequence[Spread], most: float, colour: int) -> list[str]:
    places = [(_across(value, at), spread) for value, spread in zip(at, line, strict=True)]
    upper = [f"{x:.1f},{_up(spread.high, most):.1f}" for x, spread in places]
    lower = [f"{x:.1f},{_up(spread.low, most):.1f}" for x, spread in reversed(places)]
    middle = [f"{x:.1f},{_up(spread.median, most):.1f}" for x, spread in places]
    dots = [
        f'<circle class="f{colour}" cx="{x:.1f}" cy="{_up(spread.median, most):.1f}" r="3"/>' for x, spread in places
    ]
    return [
        f'<polygon class="band f{colour}" points="{" ".join(upper + lower)}"/>',
        f'<polyline class="line s{colour}" points="{" ".join(middle)}"/>',
        *dots,
    ]


def _across(value: float, at: Sequence[float]) -> float:
    first, last = log10(min(at)), log10(max(at))
    share = (log10(value) - first) / (last - first) if last > first else 0.5
    return LEFT + 20 + share * (PANEL_WIDTH - RIGHT - LEFT - 50)


def _up(value: float, most: float) -> float:
    return PANEL_HEIGHT - BOTTOM - max(0.0, value) / most * (PANEL_HEIGHT - BOTTOM - TOP)


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    lines = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n<style>{STYLE}</style>\n{lines}\n</svg>\n'
