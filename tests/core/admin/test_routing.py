"""Paths, methods, statuses and headers of every answer."""

from __future__ import annotations

import pytest

from perftrack.admin import Admin, AdminRequest, AdminResponse, AllowAll
from perftrack.admin.handlers import ROUTES
from tests.core.admin.fakes import SAME_ORIGIN, WatchedTracker, decoded, get, header, opened

QUERIES = {"/endpoint": "name=GET%20/projects"}


def ask(admin: Admin, method: str, path: str) -> AdminResponse:
    """Ask as our own page would, with the parameters that the path needs."""
    return admin.handle(AdminRequest(method, path, QUERIES.get(path, ""), SAME_ORIGIN))


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/admin/performance", ""),
        ("/admin/performance/", "/"),
        ("/admin/performance/stats", "/stats"),
        ("/admin/performance//", "//"),
        ("/admin/performancex", None),
        ("/admin/performance-x/stats", None),
        ("/admin", None),
        ("/", None),
        ("", None),
        ("/x/admin/performance", None),
        ("/ADMIN/performance", None),
    ],
)
def test_rest_takes_only_what_is_ours(path: str, rest: str | None) -> None:
    """The prefix ends at a slash or at the end; a longer word is somebody else's page."""
    assert Admin(WatchedTracker()).rest(path) == rest


def test_it_knows_its_paths() -> None:
    """Whoever counts the admin pages too gets a bounded set of names."""
    admin = Admin(WatchedTracker())
    assert all(map(admin.knows, ["", "/", "/stats", "/reset"]))
    assert not any(map(admin.knows, ["/nothing", "/stats/", "/assets/x", "stats"]))


@pytest.mark.parametrize("prefix", ["/perf", "perf", "/perf/", "perf/"])
def test_a_prefix_may_be_written_any_way(prefix: str) -> None:
    """Slashes at the ends make no difference."""
    admin = Admin(WatchedTracker(), prefix=prefix)
    assert (admin.prefix, admin.rest("/perf/stats"), admin.rest("/perf")) == ("/perf", "/stats", "")


@pytest.mark.parametrize("prefix", ["", "/"])
def test_the_pages_can_be_a_site_of_their_own(prefix: str) -> None:
    """Without a prefix every path is ours."""
    admin = Admin(WatchedTracker(), prefix=prefix)
    assert (admin.rest("/stats"), admin.rest("/")) == ("/stats", "/")


@pytest.mark.parametrize(
    ("prefix", "location"),
    [(None, "performance/"), ("/a/b", "b/"), ("/per formance", "per%20formance/"), ("/a:b", "a%3Ab/"), ("", "./")],
)
def test_without_the_slash_redirects_relatively(prefix: str | None, location: str) -> None:
    """A relative Location holds under any mount; a colon in it would read as a scheme."""
    admin = Admin(WatchedTracker(), access=AllowAll(), prefix=prefix)
    for method in ("GET", "HEAD"):
        response = ask(admin, method, "")
        assert (response.status, header(response, "Location"), response.body) == (308, location, b"")
    assert ask(admin, "POST", "").status == 405


@pytest.mark.parametrize("path", ROUTES)
def test_each_path_answers_its_methods(path: str) -> None:
    """Known methods are 200, OPTIONS is 204 with Allow, all others are 405 with the same Allow."""
    admin, tracker = opened()
    methods = ROUTES[path].methods
    allow = ", ".join((*methods, "OPTIONS"))
    # Without tokens nobody can sign in.
    expected = 404 if path in ("/sign-in", "/sign-out") else 200
    assert [ask(admin, method, path).status for method in methods] == [expected] * len(methods)
    answer = ask(admin, "OPTIONS", path)
    assert (answer.status, answer.body, header(answer, "Allow")) == (204, b"", allow)
    assert header(answer, "Content-Length") is None
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "get", ""} - set(methods):
        refused = ask(admin, method, path)
        assert (refused.status, header(refused, "Allow")) == (405, allow)
    assert tracker.failures == []


@pytest.mark.parametrize("path", [path for path, route in ROUTES.items() if "GET" in route.methods])
def test_head_is_get_without_the_body(path: str) -> None:
    """Status and headers are those of GET, Content-Length included."""
    admin, _ = opened()
    got, head = ask(admin, "GET", path), ask(admin, "HEAD", path)
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")
    assert header(head, "Content-Length") == str(len(got.body))


@pytest.mark.parametrize("target", ["/nothing", "/stats?limit=0", "/endpoint?name=x", "/reset"])
def test_head_of_a_problem_has_no_body(target: str) -> None:
    """Problems keep to the rule of HEAD too."""
    path, _, query = target.partition("?")
    admin, _ = opened()
    got, head = (admin.handle(AdminRequest(method, path, query)) for method in ("GET", "HEAD"))
    assert got.status >= 400
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")


@pytest.mark.parametrize("path", [*ROUTES, "", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("open_to_all", [True, False])
def test_every_answer_carries_the_protecting_headers(path: str, method: str, open_to_all: bool) -> None:
    """No answer is stored, sniffed, framed, embedded elsewhere or allowed inline code; JSON says its data is real."""
    admin = Admin(WatchedTracker(), access=AllowAll() if open_to_all else "a-token-that-nobody-sends")
    response = ask(admin, method, path)
    assert header(response, "Cache-Control") == "no-store"
    assert header(response, "X-Content-Type-Options") == "nosniff"
    assert header(response, "Referrer-Policy") == "no-referrer"
    assert header(response, "X-Frame-Options") == "DENY"
    assert header(response, "Cross-Origin-Resource-Policy") == "same-origin"
    policy = header(response, "Content-Security-Policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    is_json = "json" in (header(response, "Content-Type") or "")
    assert header(response, "X-Data-Source") == ("backend-real" if is_json else None)


def test_headers_can_be_sent_as_they_are() -> None:
    """Every name and value is a single line of ASCII."""
    admin, _ = opened()
    for path in [*ROUTES, "", "/nothing"]:
        for name, value in ask(admin, "GET", path).headers:
            assert (name + value).isascii()
            assert (name + value).isprintable()


def test_a_problem_is_rfc_9457() -> None:
    """The media type and the four members."""
    admin, _ = opened()
    response = get(admin, "/nothing")
    assert header(response, "Content-Type") == "application/problem+json"
    assert set(decoded(response)) == {"type", "title", "status", "detail"}
    assert (decoded(response)["status"], decoded(response)["title"]) == (404, "Not Found")


@pytest.mark.parametrize("error", [RuntimeError("secret"), ValueError("secret"), RecursionError("secret")])
def test_a_failure_inside_is_500_without_details(error: Exception) -> None:
    """Handlers never raise: the tracker hears of it, the client learns nothing."""
    admin, tracker = opened()
    tracker.broken = error
    for method in ("GET", "HEAD"):
        response = ask(admin, method, "/stats")
        assert response.status == 500
        assert b"secret" not in response.body
    assert tracker.failures == [error, error]


def test_a_tracker_that_cannot_even_fail_is_500() -> None:
    """A failure while reporting a failure stays inside."""

    class Hopeless(WatchedTracker):
        def failed(self, error: BaseException) -> None:
            raise RuntimeError

    tracker = Hopeless()
    tracker.broken = RuntimeError()
    assert get(Admin(tracker, access=AllowAll()), "/stats").status == 500


@pytest.mark.parametrize(
    "path", ["/assets/page.css", "/assets/../page.py", "/assets/page.py", "/assets/%2e%2e/page.py"]
)
def test_assets_are_a_whitelist(path: str) -> None:
    """Only listed names are files; nothing of a request becomes part of a file path."""
    admin, _ = opened()
    response = get(admin, path)
    known = path == "/assets/page.css"
    assert response.status == (200 if known else 404)
    assert (header(response, "Content-Type") == "text/css; charset=utf-8") == known
