"""Endpoint names are bounded, whatever a client sends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftrack.labels import MAX_TEXT, METHODS, FoldedPaths, bounded_method, bounded_text, endpoint_name, fold_path

UUID = "123e4567-e89b-12d3-a456-426614174000"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("", ""),
        ("/projects", "/projects"),
        ("/projects/", "/projects/"),
        ("/projects/1", "/projects/{id}"),
        ("/projects/0042/", "/projects/{id}/"),
        ("/1/2/3", "/{id}/{id}/{id}"),
        (f"/a/{UUID}/b", "/a/{id}/b"),
        (f"/a/{UUID.upper()}", "/a/{id}"),
        (f"/a/{UUID}0", f"/a/{UUID}0"),
        ("/a/" + "0f" * 8, "/a/{id}"),
        ("/a/" + "0f" * 32, "/a/{id}"),
        ("/a/0123456789abcde", "/a/0123456789abcde"),
        ("/a/" + "deadbeef" * 2, "/a/deadbeefdeadbeef"),
        ("/v2/users", "/v2/users"),
        ("/2024-01-15", "/2024-01-15"),
        ("/a/-1", "/a/-1"),
        ("/a/1.5", "/a/1.5"),
        ("/a/1\n", "/a/1\n"),
    ],
)
def test_segments_that_look_like_ids_are_folded(path: str, route: str) -> None:
    """Whole segments of digits, UUIDs and long hex with a digit become `{id}`; words, versions and dates stay."""
    assert fold_path(path) == FoldedPaths().route(path) == route


@settings(max_examples=100, deadline=None, database=None)
@given(st.text(max_size=400))
def test_folding_is_bounded_and_final(path: str) -> None:
    """No path gives a longer route than the limit, and folding twice changes nothing where nothing was cut."""
    route = fold_path(path)
    assert len(route) <= MAX_TEXT
    assert len(path) > MAX_TEXT or fold_path(route) == route


@pytest.mark.parametrize(("length", "expected"), [(254, 254), (255, 255), (256, 255), (10_000, 255)])
def test_text_is_cut_with_an_ellipsis(length: int, expected: int) -> None:
    """A text over 255 characters ends in an ellipsis that shows the cut; a shorter one stays as it is."""
    text = bounded_text("x" * length)
    assert len(text) == expected
    assert text.endswith("…") == (length > MAX_TEXT)


@pytest.mark.parametrize("method", ["get", "PROPFIND", "", "GET ", "é", "X" * 10_000])
def test_unknown_methods_are_other(method: str) -> None:
    """Methods are case-sensitive and known, or OTHER."""
    assert bounded_method(method) == "OTHER"
    assert {bounded_method(known) for known in METHODS} == METHODS
    assert len(METHODS) == 10


def test_remembered_paths_are_bounded() -> None:
    """A stranger with endless paths cannot fill the memory of folded paths, and the answers stay right."""
    paths = FoldedPaths()
    for number in range(3 * FoldedPaths.LIMIT):
        assert paths.route(f"/user-{number}/{number}") == f"/user-{number}/{{id}}"
    assert paths.route("/user-1/1") == "/user-1/{id}"
    assert len(paths.known) <= FoldedPaths.LIMIT
    paths.route("/" + "y" * 1000)
    assert max(map(len, paths.known)) <= MAX_TEXT


def test_a_name_is_method_and_route() -> None:
    """This is how all answers name an endpoint."""
    assert endpoint_name("GET", "/projects/{id}") == "GET /projects/{id}"
