"""What is written can be read: snapshots as JSON, words, records, codes, wide histograms."""

from __future__ import annotations

import json
from array import array
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack.counted import CacheCounts, SlowRequest
from perftrack.distribution import Histogram
from perftrack.histogram import SCALE, BucketCounts
from perftrack.memory.endpoint import BUSY, Endpoint
from perftrack.memory.shared.counting import Readings, first_bytes_of
from perftrack.memory.shared.entry import (
    EMPTY,
    KIND_MASK,
    KIND_SHIFT,
    OUTCOME_MASK,
    OUTCOME_SHIFT,
    SLOW,
    SPECIAL,
    STATUS_MASK,
    TIMED,
    UNTIMED,
    WHOLE,
    special_code,
)
from perftrack.memory.shared.layout import (
    ARRIVALS,
    LONGEST_RECORD,
    LOOKUPS,
    UNIT,
    WORD,
    DamagedError,
    Identity,
    Layout,
    read_identity,
    record_bytes,
    record_payload,
    record_place,
    record_word,
)
from perftrack.memory.shared.look import Look
from perftrack.memory.shared.page import ENTRIES, PAGE_BYTES, Page
from perftrack.memory.shared.records import endpoint_record, name_record, read_name
from perftrack.memory.shared.waiting import PageEntries, page_entries
from perftrack.memory.shared.wide import WideCounts
from perftrack.memory.timeline import Timeline
from perftrack.snapshot import Snapshot
from perftrack.snapshot_json import from_json, to_json
from perftrack.snapshot_parts import (
    Blame,
    EndpointSnapshot,
    SecondSnapshot,
    SlotSnapshot,
    Streams,
    TimingSum,
    WebSockets,
    WorkerPart,
)
from tests.core.shared.support import member
from tests.support import FakeClock

COUNTS = st.integers(0, 2**40)
SECONDS = st.floats(0, 1e12)
TEXT = st.text(max_size=8)
FOUR = st.tuples(COUNTS, COUNTS, COUNTS, COUNTS)
AMOUNTS = st.none() | COUNTS
TIMINGS = st.builds(TimingSum, COUNTS, SECONDS, SECONDS)
HISTOGRAMS = st.lists(st.tuples(st.integers(-2000, 2000), st.integers(1, 2**40)), max_size=5).map(Histogram.of_counts)
ENDPOINTS = st.builds(
    EndpointSnapshot,
    TEXT,
    TEXT,
    st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 999)), COUNTS, max_size=3),
    HISTOGRAMS,
    SECONDS,
    SECONDS | st.just(inf),
    SECONDS,
    TIMINGS,
    COUNTS,
    COUNTS,
    COUNTS,
    st.dictionaries(st.integers(0, 10**9), COUNTS, max_size=3),
)
SLOTS = st.builds(
    SlotSnapshot,
    FOUR,
    FOUR,
    COUNTS,
    COUNTS,
    SECONDS,
    SECONDS,
    COUNTS,
    HISTOGRAMS,
    st.dictionaries(TEXT, st.builds(Blame, COUNTS, COUNTS, COUNTS), max_size=3),
)
SLOW_REQUESTS = st.builds(SlowRequest, SECONDS, COUNTS, TEXT, TEXT, TEXT, COUNTS, st.integers(0, 3), SECONDS, SECONDS)
CACHES = st.builds(CacheCounts, COUNTS, COUNTS, AMOUNTS, AMOUNTS, AMOUNTS, SECONDS)
SNAPSHOTS = st.builds(
    Snapshot,
    monotonic=SECONDS,
    wall=SECONDS,
    clock_id=TEXT,
    uptime=SECONDS,
    started=SECONDS,
    reset=st.none() | SECONDS,
    endpoints=st.lists(ENDPOINTS, max_size=3).map(lambda rows: {row.name: row for row in rows}),
    seconds=st.dictionaries(COUNTS, st.builds(SecondSnapshot, FOUR, HISTOGRAMS), max_size=3),
    slots=st.dictionaries(COUNTS, SLOTS, max_size=3),
    slow_requests=st.lists(SLOW_REQUESTS, max_size=3).map(tuple),
    queue=TIMINGS,
    background=TIMINGS,
    streams=st.builds(Streams, COUNTS, COUNTS, SECONDS),
    websockets=st.builds(WebSockets, COUNTS, COUNTS, COUNTS, st.dictionaries(TEXT, COUNTS), SECONDS, COUNTS),
    caches=st.dictionaries(TEXT, CACHES, max_size=3),
    in_flight=COUNTS,
    oldest_in_flight=st.none() | SECONDS,
    lost_in_flight=COUNTS,
    workers=COUNTS,
    shared=st.booleans(),
    members=st.lists(st.builds(WorkerPart, COUNTS, SECONDS, COUNTS), max_size=3).map(tuple),
    bytes=COUNTS,
    untimed_files=COUNTS,
    warnings=st.frozensets(TEXT, max_size=3),
    errors=st.sampled_from(["all", "server"]),
    max_endpoints=COUNTS,
    max_slow_queries=COUNTS,
)


@settings(max_examples=100, deadline=None, database=None)
@given(snapshot=SNAPSHOTS)
def test_a_snapshot_comes_back_from_json(snapshot: Snapshot) -> None:
    """Every field, as it was, by way of text that any JSON parser takes."""
    assert from_json(json.loads(json.dumps(to_json(snapshot), allow_nan=False))) == snapshot


PARTS = st.lists(
    st.tuples(
        st.integers(-40, 40).map(lambda octave: octave * 64),
        st.lists(st.integers(0, 2**31), max_size=150) | st.lists(st.integers(0, 2**56), max_size=150),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None, database=None)
@given(parts=PARTS, more=st.lists(st.tuples(st.integers(-2500, 2500), st.integers(1, 1000)), max_size=8))
def test_wide_counts_add_up(parts: list[tuple[int, list[int]]], more: list[tuple[int, int]]) -> None:
    """Adding big integers is adding bucket by bucket, wherever each begins, and however wide its cells are."""
    wide, rest, expected = WideCounts(), BucketCounts(SCALE), dict[int, int]()
    for low, counts in parts:
        kind = "Q" if max(counts, default=0) >= 2**32 else "I"
        wide.add(low, kind, array(kind, counts).tobytes(), sum(counts))
        for at, count in enumerate(counts, low):
            expected[at] = expected.get(at, 0) + count
    for index, count in more:
        rest.add(index, count)
        expected[index] = expected.get(index, 0) + count
    told = Histogram.of_counts((at, count) for at, count in expected.items() if count)
    assert wide.histogram(rest).buckets() == told.buckets()


@given(place=st.integers(0, 2**36 - 1).map(lambda unit: unit * UNIT), length=st.integers(0, LONGEST_RECORD))
def test_words_of_records(place: int, length: int) -> None:
    """Place and length come back out of one 64-bit word."""
    word = record_word(place, length)
    assert record_place(word) == (place, length)
    assert word < 2**64


@given(payload=st.binary(max_size=50), bit=st.integers(0, 400))
def test_records_are_read_or_refused(payload: bytes, bit: int) -> None:
    """A record comes back; with one bit changed, or cut short, it is refused."""
    record = record_bytes(payload)
    word = record_word(UNIT, len(record))
    assert record_payload(bytes(UNIT) + record, word) == payload
    changed = bytearray(record)
    at = bit % (8 * len(record))
    changed[at // 8] ^= 1 << at % 8
    if not 32 <= at < 64:  # what fills 8 bytes
        with pytest.raises(DamagedError, match="checksum"):
            record_payload(bytes(UNIT) + changed, word)
    with pytest.raises(DamagedError, match="truncated"):
        record_payload(bytes(UNIT) + record[:-1], word)


def test_an_identity_comes_back() -> None:
    """The beginning of a segment says who owns it."""
    identity = Identity("worker-4711-00c0ffee", 4711, "12", "boot", "4026531836", 1.5, 2.5, 10, 74)
    assert read_identity(identity.prefix() + bytes(2048)) == identity


@given(rows=st.integers(1, 12_000), spare=st.integers(0, 100))
def test_the_parts_of_a_segment_do_not_overlap(rows: int, spare: int) -> None:
    """Each begins where the one before has ended, aligned to its cells."""
    layout = Layout(rows, rows + spare)
    starts = [
        layout.cells_at,
        layout.arrivals_at,
        layout.lookups_at,
        layout.page_table_at,
        layout.directory_at(0),
        layout.directory_at(1),
    ]
    ends = [
        layout.cells_at + 64 * WORD,
        layout.arrivals_at + ARRIVALS * WORD,
        layout.lookups_at + 2 * LOOKUPS * WORD,
        layout.page_table_at + layout.pages * WORD,
        layout.directory_at(0) + layout.words * WORD,
        layout.directory_at(1) + layout.words * WORD,
    ]
    assert all(end <= start for end, start in zip(ends, [*starts[1:], layout.heap_at], strict=True))
    assert all(start % WORD == 0 for start in starts)
    assert layout.heap_at % 4096 == 0


@given(
    kind=st.sampled_from([TIMED, SLOW, UNTIMED]),
    outcome=st.integers(0, 3),
    status=st.integers(0, 999),
    empty=st.sampled_from([0, EMPTY]),
)
def test_codes_of_entries(kind: int, outcome: int, status: int, empty: int) -> None:
    """Kind, outcome, status and emptiness fit into 16 bits beside each other, and none looks unwritten."""
    code = special_code(kind, outcome, status) | empty
    assert 0 < code < 1 << 16
    assert code & WHOLE
    assert code & SPECIAL
    assert (code >> KIND_SHIFT & KIND_MASK, code >> OUTCOME_SHIFT & OUTCOME_MASK) == (kind, outcome)
    assert (code & STATUS_MASK, code & EMPTY) == (status, empty)


@given(route=st.text(max_size=300), method=st.text(max_size=10))
def test_names_of_endpoints(route: str, method: str) -> None:
    """Whatever letters they have, lone surrogates too."""
    assert read_name(name_record(method, route)) == (method, route)


def test_a_page_gives_each_entry_once_and_reads_what_was_stored() -> None:
    """What is not stored yet has no code; a page that is opened again has forgotten everything."""
    page = Page(3, memoryview(bytearray(PAGE_BYTES)))
    page.open(7, Timeline(100.0, 0), 1)
    entries = list(zip(range(3), page.free, strict=False))
    assert [at for _, at in entries] == [0, 1, 2]
    page.put(0, WHOLE | 200, 0.5, None)
    page.put(2, WHOLE | 404, 0.25, 0.125)
    page.close()
    readings = page.readings()
    assert page.taken == len(readings.durations) <= ENTRIES
    assert readings.by_code()[0] == page.taken - 2
    whole = readings.chosen(WHOLE, WHOLE)
    assert (whole.durations, first_bytes_of(whole, whole.by_code())) == ([0.5, 0.25], [0.125])
    assert next(page.free, None) is None
    page.open(8, Timeline(101.0, 0), 2)
    page.close()
    assert page.readings() == Readings(b"", [], [])
    assert page.readings().by_code() == {}


@pytest.mark.parametrize("seconds", [-0.5, inf, -inf, nan, 1e15])
@pytest.mark.parametrize("at", [0, 1])
def test_a_page_with_impossible_times_is_refused(seconds: float, at: int) -> None:
    """Times are not negative, finite and together below 1e15 seconds, in any entry, first bytes as durations."""
    memory = bytearray(PAGE_BYTES)
    page = Page(0, memoryview(memory))
    page.open(0, Timeline(100.0, 0), 1)
    page.put(0, WHOLE | 200, -0.0, 2.0**49)
    page.put(1, WHOLE | 404, 0.25, None)
    assert page_entries(look_at(memory), 0).number() == 2
    page.durations[at] = seconds
    with pytest.raises(DamagedError, match="impossible times"):
        page_entries(look_at(memory), 0)
    page.durations[at] = 0.5
    page.first_bytes[at] = seconds
    with pytest.raises(DamagedError, match="impossible times"):
        page_entries(look_at(memory), 0)


def look_at(memory: bytearray) -> Look:
    """Look at a file that is one page."""
    identity = Identity("worker-1-00000000", 1, "1", "boot", "1", 1.0, 1.0, 1, 1)
    return Look(identity, Layout(1, 1), bytes(memory), {0: bytes(memory)})


@pytest.mark.parametrize(
    ("codes", "plain"),
    [
        ([200, 200], True),
        ([204 | EMPTY] * 2, True),
        ([200, 204], False),
        ([404, 404], True),
        ([500], True),
        ([special_code(SLOW, 0, 200)], False),
    ],
)
def test_pages_of_like_requests_are_plain(codes: list[int], plain: bool) -> None:
    """Those of one code, without anything to count one by one."""
    entries = PageEntries(array("H", [WHOLE | code for code in codes]).tobytes(), b"", b"")
    assert entries.plain_code() == (WHOLE | codes[0] if plain else 0)
    assert entries.number() == len(codes)
    assert PageEntries(array("H", [*codes, 0]).tobytes(), b"", b"").plain_code() == 0


def test_histograms_of_busy_endpoints_stay_packed(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """They are written into records in one step, however many requests there were."""
    kinds: list[str] = []

    def watched(endpoint: Endpoint) -> bytes:
        kinds.append(endpoint.histogram.packed()[0])
        return endpoint_record(endpoint)

    monkeypatch.setattr("perftrack.memory.shared.publisher.endpoint_record", watched)
    tracker = member(clock)
    for _ in range(4 * BUSY):
        tracker.record("GET", "/", 200, 0.25)
    assert len(kinds) > 2
    assert set(kinds) == {"I"}
