"""`docs/benchmarks.md`: how it was measured, on what, and what was seen."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.chart import bars_picture, curves_picture
from benchmarks.results import Curve, Figure, Results
from benchmarks.tables import LIMIT_HEAD, curve_rows, limit_rows, markdown, number, quartiles

HOW = """\
`python -m benchmarks.overhead` measures this; run it on your machine before you trust it. It takes the CPU time of the
process, not the time of day: all subjects take turns in every round, in random order, and what is compared is the ratio
of two subjects in one round. Shown are the median of all rounds and, in brackets, the quartiles. Where a row says
"noise", the bare app was measured against itself: what is smaller than that cannot be told from nothing. Nothing is
switched off for the measurement: in the same run the numbers that perftrack gives are held to an oracle, which keeps
all requests and works everything out from them.

The floor is the least that anybody has to do who counts requests by endpoint and loses none: a lock, a look-up and four
additions. A record is what a request comes to when its readings are at hand; the middlewares have the same steps
written out in one function with those around them, which their own sections measure. The counters and histograms of
prometheus_client and OpenTelemetry have their label sets at hand, which is the cheapest way to use them.

`python -m benchmarks.instructions` is a second measure, without noise: the instructions of the same steps as valgrind
counts them, beside those of the parent commit. Every change is held to it."""

MISSED = """\
Why some limits are missed: the wrapper that does nothing costs half a microsecond, which is one coroutine and a closure
under ASGI and one generator under WSGI. Whatever stands in its place, reads the clock at arrival, first and last byte,
notes the status and keeps these readings comes to 3.3 times as much in Python, before it has asked for a route or
counted anything. Inside a framework the same steps are dearer, because the framework has used up the processor's caches
before each of them. Most of a record is one loop: for each duration a logarithm, a rounding and two additions, in the
histograms of its endpoint and of its second. Newer Pythons are quicker at it: where a record is 1.3 times the floor on
Python 3.11, it is 1.1 times on 3.13. Milliseconds are those of this machine; the other figures are ratios."""

GROWTH = """\
What does grow: the first request of a second at its endpoint counts what waits there and begins the second, which takes
a few microseconds. So a record is dearer where endpoints get few requests a second, because there are few or because
they go to many endpoints; at 50 requests a second all of it is some hundredths of a percent of one processor.

The longest single records are the same ones: to count a hundred requests takes some 20 microseconds, and several times
that when the code for it ran last a second ago and has left the processor's caches. prometheus_client counts every
request at once, which costs three times as much on average and never pauses."""

DISTRIBUTIONS = (
    "ddsketch",
    "Django",
    "django-prometheus",
    "fastapi",
    "Flask",
    "gunicorn",
    "opentelemetry-sdk",
    "opentelemetry-instrumentation-fastapi",
    "prometheus-client",
    "prometheus-fastapi-instrumentator",
    "prometheus-flask-exporter",
    "starlette",
    "starlette-exporter",
    "uvicorn",
)

ADDED = " adds"
FRAMEWORKS = ("ASGI", "WSGI", "Starlette", "FastAPI", "Flask", "Django")


def write_document(folder: Path, found: Mapping[str, Results], quick: bool) -> None:
    """Write the page and its pictures into *folder*."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    curves = [curve for results in found.values() for curve in results.curves]
    (images / "benchmarks-growth.svg").write_text(curves_picture(curves), encoding="utf-8")
    bars = bars_picture("CPU time that is added to a request", _groups(found))
    (images / "benchmarks-added.svg").write_text(bars, encoding="utf-8")
    lines = document(found, curves, quick)
    (folder / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def document(found: Mapping[str, Results], curves: list[Curve], quick: bool) -> list[str]:
    """Write the lines of the page."""
    figures = [figure for results in found.values() for figure in results.figures]
    compared = sum(results.compared for results in found.values())
    differences = sum(len(results.differences) for results in found.values())
    notes = [note for results in found.values() for note in results.notes]
    return [
        "# What perftrack costs",
        "",
        HOW,
        "",
        f"Measured {'quickly' if quick else 'in full'} on {machine()}.",
        f"In this run {compared:,} numbers were held to the oracle, and {differences or 'none'} differed.",
        "",
        *markdown([LIMIT_HEAD, *limit_rows(figures)]),
        "",
        MISSED,
        "",
        "## Added to a request",
        "",
        "![Bars of the CPU time that each monitor adds to a request, by framework](images/benchmarks-added.svg)",
        "",
        "## By rate, threads, requests so far and endpoints",
        "",
        "![The cost of a record by rate, threads, requests so far and endpoints](images/benchmarks-growth.svg)",
        "",
        GROWTH,
        "",
        *(line for curve in curves for line in [*markdown(curve_rows(curve)), ""]),
        "## Everything",
        "",
        *(
            line
            for name, results in found.items()
            if results.figures
            for line in [*_section(name, results.figures), ""]
        ),
        *(["Not measured:", "", *(f"- {note}" for note in notes), ""] if notes else []),
        "Versions: " + ", ".join(_versions()) + ".",
    ]


def _section(name: str, figures: list[Figure]) -> list[str]:
    if not figures:
        return []
    rows = [
        (figure.name, f"{number(figure.spread.median)} {figure.unit}", quartiles(figure.spread)) for figure in figures
    ]
    return [*markdown([(name, "median", "quartiles"), *rows]), ""]


def _groups(found: Mapping[str, Results]) -> list[tuple[str, list[Figure]]]:
    """Give, by framework, what each monitor adds."""
    groups: list[tuple[str, list[Figure]]] = []
    for framework in FRAMEWORKS:
        figures = found[framework].figures if framework in found else []
        added = [figure for figure in figures if figure.unit == "us" and figure.name.endswith(ADDED)]
        shown = [
            Figure(figure.name.removeprefix(f"{framework}: ").removesuffix(ADDED), figure.spread, "us")
            for figure in added
        ]
        if shown:
            groups.append((framework, shown))
    return groups


def machine() -> str:
    """Describe the machine."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    load = os.getloadavg()[1]
    return f"{os.cpu_count()} cores of {model} (load {load:.1f} over the last five minutes), {python}"


def _versions() -> list[str]:
    found: list[str] = []
    for name in DISTRIBUTIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # noqa: PERF203 - fourteen of them
            found.append(f"{name} not installed")
    return found
