"""Query parameters: what each may be, and what is said of all else."""

from __future__ import annotations

import pytest

from perftrack.admin.query import PARTS, SORTS
from tests.core.admin.fakes import decoded, get, opened


def detail(target: str) -> str:
    """Return what a refused query is told."""
    admin, tracker = opened()
    response = get(admin, target)
    assert response.status == 400, target
    assert tracker.failures == []
    text = decoded(response)["detail"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(("value", "rows"), [("1", 1), ("2", 2), ("0002", 2), ("1000", 3)])
def test_a_limit_cuts_rows(value: str, rows: int) -> None:
    """1 to 1000 cut rows, in stats and in the slow queries; totals stay whole."""
    admin, tracker = opened("/a", "/b", "/c")
    for _ in range(3):
        tracker.record("GET", "/a", 200, 1.5)
    stats, slow = decoded(get(admin, f"/stats?limit={value}")), decoded(get(admin, f"/slow-queries?limit={value}"))
    assert (len(stats["endpoint_stats"]), stats["total_requests"]) == (rows, 6)
    assert (len(slow["slow_queries"]), slow["slow_queries_count"], slow["slow_query_threshold"]) == (rows, 3, 1.0)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "1001",
        "9999",
        "10000",
        "-1",
        "%2B5",
        "+5",
        "%205",
        "5%20",
        "1_000",
        "%EF%BC%91",
        "%D9%A3",
        "1.0",
        "1e2",
        "0x10",
        "x",
        "%00",
        "5%0A",
        "\N{ARABIC-INDIC DIGIT THREE}",
        "9" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/stats", "/slow-queries"])
def test_any_other_limit_is_400(path: str, value: str) -> None:
    """Also what int() would accept; the detail names the parameter, the value and the range, and stays short."""
    text = detail(f"{path}?limit={value}")
    assert text.startswith("query parameter limit is ")
    assert "from 1 to 1000" in text
    assert len(text) < 250


@pytest.mark.parametrize(
    ("sort", "first"),
    [("time_share", "/busy"), ("requests", "/busy"), ("p95", "/slow"), ("errors", "/failing"), ("rpm", "/busy")],
)
def test_sort_gives_the_order_of_the_rows(sort: str, first: str) -> None:
    """The largest comes first, in the order of the keys."""
    admin, tracker = opened("/quick")
    tracker.record("GET", "/slow", 200, 0.9)
    tracker.record("GET", "/failing", 500, 0.1)
    for _ in range(20):
        tracker.record("GET", "/busy", 200, 0.2)
    assert next(iter(decoded(get(admin, f"/stats?sort={sort}"))["endpoint_stats"])) == f"GET {first}"
    assert sort in SORTS


@pytest.mark.parametrize("value", ["", "p99", "P95", "time_share,p95", "<script>"])
def test_any_other_order_is_400(value: str) -> None:
    """The detail lists all orders."""
    assert all(sort in detail(f"/stats?sort={value}") for sort in SORTS)


def test_an_endpoint_is_an_exact_name() -> None:
    """Percent-encoding and plus are decoded, nothing else is changed; an unknown name has no rows."""
    admin, _ = opened("/a+b/{id}", "/a b/{id}")
    assert list(decoded(get(admin, "/stats?endpoint=GET+/a%2Bb/%7Bid%7D"))["endpoint_stats"]) == ["GET /a+b/{id}"]
    assert decoded(get(admin, "/stats?endpoint=GET+/a"))["endpoint_stats"] == {}


@pytest.mark.parametrize("include", [*PARTS, "health,series", ",".join(PARTS), "slow,slow"])
def test_include_puts_other_answers_in(include: str) -> None:
    """Exactly the parts asked for, each as its own path answers it, all out of one snapshot."""
    admin, tracker = opened()
    stats = decoded(get(admin, f"/stats?include={include}"))
    assert tracker.calls == ["snapshot"]
    parts = {part: stats.pop(part) for part in set(include.split(","))}
    assert stats == decoded(get(admin, "/stats"))
    paths = {"health": "/health", "series": "/series", "slow": "/slow-queries", "caches": "/cache/stats"}
    assert parts == {part: decoded(get(admin, paths[part])) for part in parts}


@pytest.mark.parametrize("include", ["", "all", "health,", "health series", "Health", "health,health2"])
def test_an_unknown_part_is_400(include: str) -> None:
    """The detail lists all parts."""
    assert all(part in detail(f"/stats?include={include}") for part in PARTS)


def test_strict_health_is_503_when_unhealthy() -> None:
    """A load balancer reads the status only; without strict, or when healthy, it is 200."""
    admin, tracker = opened()
    assert get(admin, "/health?strict=1").status == 200
    for _ in range(30):
        tracker.record("GET", "/projects", 500, 0.1)
    statuses = [get(admin, target).status for target in ("/health", "/health?strict=0", "/health?strict=1")]
    assert statuses == [200, 200, 503]
    assert decoded(get(admin, "/health?strict=1"))["status"] == "unhealthy"


@pytest.mark.parametrize("value", ["", "2", "true", "yes", "01", "on"])
def test_strict_is_0_or_1(value: str) -> None:
    """No other spelling of yes."""
    assert "0 or 1" in detail(f"/health?strict={value}")


@pytest.mark.parametrize(
    "target",
    [
        "/stats?nothing=1",
        "/stats?Limit=1",
        "/stats?name=x",
        "/health?limit=1",
        "/series?limit=1",
        "/cache/stats?x",
        "/openapi.json?x=1",
        "/stats?%20limit=1",
        "/stats?limit",
    ],
)
def test_an_unknown_parameter_is_400(target: str) -> None:
    """Each path knows its own parameters; the detail names the stranger."""
    name = target.partition("?")[2].partition("=")[0].replace("%20", " ")
    assert name in detail(target)


@pytest.mark.parametrize(
    "target", ["/stats?limit=1&limit=1", "/stats?sort=p95&limit=1&sort=rpm", "/endpoint?name=&name=x"]
)
def test_a_parameter_given_twice_is_400(target: str) -> None:
    """Two values leave open which one counts."""
    assert "more than once" in detail(target)


def test_too_many_parameters_are_400() -> None:
    """A flood of parameters is not even parsed."""
    assert "at most" in detail("/stats?" + "&".join(["a=1"] * 100_000))


def test_a_hostile_name_is_echoed_short_and_inert() -> None:
    """What is unknown is shown escaped and cut."""
    admin, _ = opened()
    response = get(admin, "/stats?" + "%3Cscript%3E%E2%80%AE%00%FF" * 100)
    assert response.status == 400
    assert b"<" not in response.body
    assert len(response.body) < 600
    assert "\\u202e" in decoded(response)["detail"]


def test_an_endpoint_needs_a_name() -> None:
    """Without a name it is 400, with an unknown one 404."""
    assert "name is missing" in detail("/endpoint")
    admin, _ = opened()
    assert get(admin, "/endpoint?name=").status == 404
    assert get(admin, "/endpoint?name=GET%20/other").status == 404
    assert get(admin, "/endpoint?name=GET%20/projects").status == 200


def test_a_name_with_bytes_that_are_no_text_can_be_asked_for() -> None:
    """Servers keep such bytes of a path as lone surrogates; the query reads them the same way."""
    admin, _ = opened("/\udcff")
    assert get(admin, "/endpoint?name=GET%20/%FF").status == 200


def test_the_page_ignores_its_query() -> None:
    """A link with a campaign behind it still shows the page."""
    admin, _ = opened()
    assert get(admin, "/?utm_source=chat").status == 200
    assert get(admin, "/assets/page.css?v=1").status == 200
