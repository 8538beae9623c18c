"""The histogram keeps its stated error on every kind of distribution, and its buckets are OpenTelemetry's."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import frexp, inf, isclose, nextafter, ulp
from sys import float_info

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack.distribution import Histogram
from perftrack.histogram import (
    COARSE_RELATIVE_ERROR,
    COARSE_SCALE,
    RELATIVE_ERROR,
    SCALE,
    SHORTEST,
    ZERO_BUCKET,
    BucketCounts,
    PackedCounts,
    bucket_index,
    count_durations,
)
from tests.core.oracle import NANOSECOND, nearest_rank

QUANTILES = ("0", "0.01", "0.25", "0.5", "0.55", "0.9", "0.95", "0.99", "0.999", "1")

Draw = Callable[[random.Random], float]

DISTRIBUTIONS: dict[str, Draw] = {
    "uniform": lambda r: r.uniform(0.001, 2.0),
    "lognormal, narrow": lambda r: r.lognormvariate(-3.0, 0.1),
    "lognormal, wide": lambda r: r.lognormvariate(-3.0, 2.5),
    "exponential": lambda r: r.expovariate(20.0),
    "bimodal": lambda r: r.gauss(0.005, 0.0002) if r.random() < 0.6 else r.gauss(3.0, 0.1),
    "constant": lambda _: 0.125,
    "constant, off every bound": lambda _: 0.1234567,
    "pareto, heavy tail": lambda r: 0.001 * r.paretovariate(0.7),
    "two points": lambda r: r.choice([0.01, 10.0]),
    "powers of two": lambda r: 2.0 ** r.randint(-20, 12),
    "bucket bounds": lambda r: 2.0 ** (r.randint(-640, 640) / 64),
    "just above bucket bounds": lambda r: 2.0 ** (r.randint(-640, 640) / 64) * (1 + 1e-12),
    "tiny": lambda r: r.uniform(1e-7, 3e-7),
    "huge": lambda r: r.uniform(4000.0, 5000.0),
    "arithmetic series": lambda r: 0.001 * r.randint(1, 5000),
    "with zeros": lambda r: r.choice([0.0, 0.02, 0.5]),
    "whole range": lambda r: 10.0 ** r.uniform(-7.0, 3.7),
}


def check_quantiles(values: list[float], scale: int, error: float) -> None:
    """Hold all quantiles of *values* to *error*."""
    shift = SCALE - scale
    histogram = Histogram.of_counts(((bucket_index(value) >> shift, 1) for value in values), scale)
    found = histogram.quantiles(*map(float, QUANTILES), low=min(values), high=max(values))
    assert histogram.count == len(values)
    for quantile, value in zip(QUANTILES, found, strict=True):
        exact = nearest_rank(values, quantile)
        assert value is not None
        assert abs(value - exact) <= error * exact + NANOSECOND, (quantile, exact, value)


@pytest.mark.parametrize("size", [1, 2, 19, 100, 3000])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_percentiles_keep_the_stated_error(name: str, size: int) -> None:
    """On each distribution every percentile is within 0.55 % of the nearest rank, 4.4 % at the coarse scale."""
    draw, source = DISTRIBUTIONS[name], random.Random(f"{name} {size}")
    values = [draw(source) for _ in range(size)]
    check_quantiles(values, SCALE, RELATIVE_ERROR)
    check_quantiles(values, COARSE_SCALE, COARSE_RELATIVE_ERROR)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(st.floats(1e-7, 5000.0) | st.just(0.0), min_size=1, max_size=60))
def test_percentiles_of_any_values_keep_the_stated_error(values: list[float]) -> None:
    """No list of durations breaks the bound."""
    check_quantiles(values, SCALE, RELATIVE_ERROR)
    check_quantiles(values, COARSE_SCALE, COARSE_RELATIVE_ERROR)


def test_the_stated_errors_follow_from_the_scales() -> None:
    """The numbers in the payload are upper bounds of (base - 1) / (base + 1), and no more than 2 % above them."""
    for scale, stated in ((SCALE, RELATIVE_ERROR), (COARSE_SCALE, COARSE_RELATIVE_ERROR)):
        base = 2.0 ** (2.0**-scale)
        assert 1.0 < stated / ((base - 1) / (base + 1)) < 1.02


def exact_index(value: float) -> int:
    """Give the bucket by whole-number arithmetic: the smallest i with value ** 64 <= 2 ** (i + 1)."""
    mantissa, exponent = frexp(value)
    power = Fraction(mantissa) ** 64
    within = next(i for i in range(65) if power <= Fraction(2) ** (i - 64))
    return exponent * 64 - 64 + within - 1


@pytest.mark.parametrize("exponent", [*range(-40, 13), 100, -100])
def test_a_power_of_two_is_in_the_bucket_that_it_ends(exponent: int) -> None:
    """Upper bounds are inclusive, exactly, and the next larger number opens the next bucket around 1 s."""
    bound = 2.0**exponent
    assert bucket_index(bound) == exact_index(bound) == 64 * exponent - 1
    assert bucket_index(nextafter(bound, 0.0)) == 64 * exponent - 1
    if abs(exponent) <= 1:
        assert bucket_index(nextafter(bound, inf)) == 64 * exponent


@settings(max_examples=300, deadline=None, database=None)
@given(st.floats(1e-9, 1e5))
def test_the_index_is_that_of_the_definition(value: float) -> None:
    """Every value lies in its bucket by exact arithmetic; within 16 units of the last place of a bound, beside it."""
    near = {exact_index(value + steps * ulp(value)) for steps in (-16, 0, 16)}
    assert bucket_index(value) in near


@pytest.mark.parametrize("index", [*range(-70, 70), -640, -611, 300, 767])
def test_both_sides_of_a_bound_are_told_apart(index: int) -> None:
    """A relative step of 1e-13 to either side of a bound is enough to be in the right bucket."""
    bound = 2.0 ** ((index + 1) / 64)
    assert bucket_index(bound * (1 - 1e-13)) == index
    assert bucket_index(bound * (1 + 1e-13)) == index + 1


def test_what_stands_for_zero_counts_where_zero_does() -> None:
    """A duration of 0 has no logarithm; what stands for it has, and the same bucket."""
    assert bucket_index(SHORTEST) == bucket_index(0.0) == ZERO_BUCKET


def test_zero_counts_in_the_bucket_that_ends_at_a_nanosecond() -> None:
    """A duration of 0, alone or among others, has a bucket of its own."""
    assert bucket_index(0.0) == ZERO_BUCKET == bucket_index(2.0**-30)
    assert [bucket_index(value) for value in (1.0, 0.0, 2.0)] == [-1, ZERO_BUCKET, 63]


def test_buckets_are_listed_with_their_bounds() -> None:
    """What counted something comes as (lower, upper, count), shortest first, and holds its values."""
    values = [4.0, 0.3, 0.3, 0.001]
    buckets = Histogram.of_counts((bucket_index(value), 1) for value in values).buckets()
    assert [count for _, _, count in buckets] == [1, 2, 1]
    for (lower, upper, _), value in zip(buckets, [0.001, 0.3, 4.0], strict=True):
        assert lower < value <= upper
        assert isclose(upper / lower, 2 ** (1 / 64))


def test_an_empty_histogram_has_no_percentile() -> None:
    """Without a value the answer is None, never 0."""
    assert Histogram().quantiles(0.5, 0.99, low=0.0, high=0.0) == [None, None]
    assert (Histogram().count, Histogram().buckets()) == (0, [])


def test_histograms_of_different_scales_do_not_merge() -> None:
    """Adding buckets of different widths is refused."""
    with pytest.raises(ValueError, match="scale 6 and 3"):
        Histogram().merge(Histogram(scale=COARSE_SCALE))


DURATIONS = st.lists(st.floats(1e-6, 100.0), max_size=30)


@settings(max_examples=60, deadline=None, database=None)
@given(DURATIONS, DURATIONS)
def test_merging_is_counting_everything_in_one(a: list[float], b: list[float]) -> None:
    """The sum of two histograms has the counts of all values together, in whatever order."""

    def counted(values: list[float]) -> Histogram:
        return Histogram.of_counts((bucket_index(value), 1) for value in values)

    together = counted(a + b).buckets()
    assert counted(a).merge(counted(b)).buckets() == together == counted(b).merge(counted(a)).buckets()


def beside(octave: int, steps: int) -> float:
    """Give a float so many steps from the bound 2 ** octave."""
    return 2.0**octave * (1.0 + steps * 2.0**-52)


NEAR_BOUNDS = st.builds(beside, st.integers(-29, 16), st.integers(-9, 9))
TIMED = st.one_of(st.floats(1e-9, 1e5), st.just(0.0), NEAR_BOUNDS)


@given(st.lists(TIMED, min_size=1, max_size=50), TIMED)
def test_one_loop_counts_in_both(durations: list[float], seen: float) -> None:
    """Two histograms with room for other ranges count the same durations as defined, beside bounds and zeros too."""
    one, other = PackedCounts(SCALE), BucketCounts(SCALE)
    one.cover(bucket_index(seen))
    count_durations(durations, min(durations), max(durations), one, other)
    expected = Histogram.of_counts((bucket_index(value), 1) for value in durations)
    assert one.histogram().buckets() == other.histogram().buckets() == expected.buckets()


@pytest.mark.parametrize("octave", [-20, -7, 5, 10])
def test_just_above_a_bound_is_counted_where_its_logarithm_is(octave: int) -> None:
    """The float beside a power of two has the logarithm of that power, for whose bucket there is no room yet."""
    one, other, durations = PackedCounts(SCALE), BucketCounts(SCALE), [1.5 * 2.0**octave, beside(octave, 1)]
    for duration in durations:
        count_durations([duration], duration, duration, one, other)
    expected = Histogram.of_counts((bucket_index(duration), 1) for duration in durations)
    assert one.histogram().buckets() == other.histogram().buckets() == expected.buckets()


def test_the_shortest_and_the_longest_floats_have_room() -> None:
    """A duration that no clock gives, as `record` may be told, is counted as any other."""
    one, other = PackedCounts(SCALE), BucketCounts(SCALE)
    for duration in (float_info.max, 5e-324, 1.0):
        count_durations([duration], duration, duration, one, other)
    assert one.histogram().count == other.histogram().count == 3


def test_a_copy_is_not_packed() -> None:
    """Packed counts copied are the same counts, with no limit, and room for the same durations."""
    packed = PackedCounts(SCALE)
    count_durations([0.5, 0.7], 0.5, 0.7, packed, BucketCounts(SCALE))
    twin = packed.copy()
    assert (packed.packed()[0], twin.packed()[0]) == ("I", "Q")
    assert twin.histogram() == packed.histogram()
    assert (twin.above, twin.up_to) == (packed.above, packed.up_to)


def test_coarser_histograms_take_the_counts_of_finer_ones() -> None:
    """A bucket of scale 3 holds what eight buckets of scale 6 hold."""
    fine, coarse = BucketCounts(SCALE), BucketCounts(COARSE_SCALE)
    coarse.pour(fine)
    assert coarse.histogram() == Histogram(scale=COARSE_SCALE)
    for index in (-17, -9, -9, 700):
        fine.add(index, 1)
    coarse.pour(fine)
    coarse.pour(fine)
    assert coarse.histogram() == Histogram.of_counts([(-3, 2), (-2, 4), (87, 2)], COARSE_SCALE)


def test_octaves_that_counted_nothing_take_no_room() -> None:
    """A histogram from a microsecond to an hour keeps two pages, not thirty."""
    histogram = Histogram.of_counts([(bucket_index(1e-6), 1), (bucket_index(3600.0), 1)])
    assert len(histogram.pages) == 2
    assert sum(histogram.count_by_octave().values()) == 2
