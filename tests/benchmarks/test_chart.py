"""The pictures of the benchmark."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from benchmarks.chart import bars_picture, curves_picture
from benchmarks.results import Curve, Figure, Spread

SVG = "{http://www.w3.org/2000/svg}"
NAME = '<b> & "others"'


def _curve(*medians: float) -> Curve:
    at = tuple(10.0**power for power in range(len(medians)))
    return Curve(NAME, NAME, NAME, at, {NAME: tuple(Spread.of([median]) for median in medians)})


def _texts(picture: str) -> list[str | None]:
    return [text.text for text in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314 - made a line above


def test_texts_of_curves_are_escaped() -> None:
    """A name with the signs of markup is the same text in the picture."""
    texts = _texts(curves_picture([_curve(1.0, 2.0)]))
    assert f"{NAME}, {NAME}" in texts
    assert texts.count(NAME) == 2  # below the axis and at the line


def test_texts_of_bars_are_escaped() -> None:
    """The same holds for titles, groups, names and units of bars."""
    texts = _texts(bars_picture(NAME, [(NAME, [Figure(NAME, Spread.of([1.0]), NAME)])]))
    assert texts == [NAME, NAME, NAME, f"1.00 {NAME}"]


def test_higher_values_are_higher() -> None:
    """A line that rises in value rises in the picture, where y counts downwards."""
    picture = ET.fromstring(curves_picture([_curve(1.0, 2.0, 4.0)]))  # noqa: S314 - made here
    heights = [float(dot.attrib["cy"]) for dot in picture.iter(f"{SVG}circle")]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3


def test_all_is_inside() -> None:
    """Odd numbers of panels, a single value, and nothing but zeros stay inside the picture."""
    picture = ET.fromstring(curves_picture([_curve(0.0), _curve(5.0, 1.0), _curve(0.0, 0.0)]))  # noqa: S314 - made here
    width, height = (float(picture.attrib[side]) for side in ("width", "height"))
    assert (width, height) == (840, 480)
    for dot in picture.iter(f"{SVG}circle"):
        assert 0 < float(dot.attrib["cx"]) < width / 2
        assert 0 < float(dot.attrib["cy"]) < height / 2


def test_bars_are_as_long_as_their_values() -> None:
    """In a group, twice as much is twice as long, and less than nothing has no length."""
    figures = [Figure(name, Spread.of([value]), "us") for name, value in (("perftrack", 2.0), ("b", 4.0), ("c", -1.0))]
    picture = ET.fromstring(bars_picture("", [("", figures)]))  # noqa: S314 - made here
    own, twice, none = (float(bar.attrib["width"]) for bar in picture.iter(f"{SVG}rect"))
    assert twice == 2 * own > 0
    assert none == 0
