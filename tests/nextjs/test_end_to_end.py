"""The Next.js example as a whole: real traffic to the real backend, and the numbers in a real browser."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.nextjs.support import Process, front_end, running, shop, token

playwright: Any = pytest.importorskip("playwright.sync_api", reason="it drives the browser; comes with `browser`")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.skipif("PERFTRACK_NEXTJS" not in os.environ, reason="`scripts/test-nextjs` builds what it looks at"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed"),
    pytest.mark.filterwarnings("default"),  # the tool's own
]

PAGE = "/admin/performance"
DOORS = {
    "/api/admin/performance/stats": "/admin/performance/stats",
    "/api/admin/performance/health": "/admin/performance/health",
    "/api/admin/cache/stats": "/admin/performance/cache/stats",
}
ALERT = "main [role=alert]"  # Next has one of its own, for names of pages
QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def backend() -> Iterator[Process]:
    """The shop."""
    with running(shop()) as process:
        yield process


@pytest.fixture(scope="module")
def front(backend: Process) -> Iterator[Process]:
    """The front end before it."""
    with running(front_end(backend.url)) as process:
        yield process


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    with playwright.sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *QUIET])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, front: Process) -> Iterator[Any]:
    """The page in a new browser, with a clock that the test moves; an exception in a script fails the test."""
    context = browser.new_context(base_url=front.url)
    opened = context.new_page()
    failures: list[str] = []

    def note(error: Any) -> None:
        failures.append(str(error))

    opened.on("pageerror", note)
    opened.clock.install()
    opened.goto(PAGE)
    yield opened
    context.close()
    assert not failures


def ask(url: str, bearer: str | None = None) -> httpx.Response:
    """Ask with a token or without."""
    return httpx.get(url, headers={} if bearer is None else {"Authorization": f"Bearer {bearer}"}, timeout=10.0)


def visit(backend: Process) -> None:
    """Send the shop requests of every kind: 7 that hit caches and miss them, 2 lost ones, a slow one, a failing one."""
    for number in (1, 2, 1, 2, 3):
        assert ask(f"{backend.url}/products/{number}").status_code == 200
    assert [ask(f"{backend.url}/products").status_code for _ in range(2)] == [200, 200]
    assert [ask(f"{backend.url}{path}").status_code for path in ("/products/99", "/nothing")] == [404, 404]
    assert ask(f"{backend.url}/report").status_code == 200
    assert httpx.post(f"{backend.url}/orders?number=99").status_code == 503


def sign_in(page: Any, bearer: str) -> None:
    """Fill in the form."""
    page.fill("#token", bearer)
    page.click("text=Sign in")


def values(page: Any, selector: str) -> list[float | None]:
    """Read the numbers below *selector* as they came."""
    found: list[str] = page.eval_on_selector_all(f"{selector} data", "all => all.map(each => each.value)")
    return [float(text) if text else None for text in found]


def check_page(page: Any, backend: Process) -> None:
    """Hold every number on the page that time does not change to what the backend says itself."""
    bearer = token("admin")
    stats, health, caches = (ask(backend.url + path, bearer).json() for path in DOORS.values())
    for name in ("total_requests", "error_rate", "slow_queries_count"):
        assert values(page, f"#totals [data-name={name}]") == [stats[name]]
    for name in ("p50", "p95", "p99"):
        assert values(page, f"#totals [data-name={name}]") == [stats["duration"][name]]
    rows = page.eval_on_selector_all("#endpoints tbody tr", "all => all.map(each => each.dataset.name)")
    assert rows == list(stats["endpoint_stats"])
    for name, row in stats["endpoint_stats"].items():
        shown = values(page, f'#endpoints [data-name="{name}"]')
        fields = ("total_requests", "error_rate", "avg_duration", "p95_duration", "max_duration", "time_share")
        assert [shown[0], *shown[2:]] == [row[each] for each in fields]  # the second is of the last minute
    assert values(page, "#slow") == [query["duration"] for query in stats["recent_slow_queries"]]
    for name, row in caches["caches"].items():
        fields = ("hits", "misses", "hit_rate", "size", "max_size", "evictions")
        assert values(page, f'#caches [data-name="{name}"]') == [row[each] for each in fields]
    assert page.inner_text("#health strong").lower() == health["status"]


def test_the_page_shows_the_backends_numbers(page: Any, backend: Process) -> None:
    """After real traffic, totals, health, endpoints, slow requests and caches on the page are the backend's."""
    visit(backend)
    assert page.locator("#totals").count() == 0
    sign_in(page, token("admin"))
    page.wait_for_selector("#totals")
    check_page(page, backend)
    assert values(page, "#totals [data-name=total_requests]") == [11]
    assert values(page, '#caches [data-name="products"]') == [2, 3, 40, 3, 16, None]
    assert values(page, '#caches [data-name="pages"]') == [1, 1, 50, None, None, None]
    assert page.inner_text("#slow tbody th") == "/report"


def test_the_page_refreshes_and_reloads(page: Any, backend: Process) -> None:
    """New numbers come after 30 seconds and with the button; a reload keeps the sign-in, signing out forgets it."""
    sign_in(page, token("viewer"))
    page.wait_for_selector("#totals")
    [before] = values(page, "#totals [data-name=total_requests]")
    assert before is not None
    selector = "#totals [data-name=total_requests] data[value='{}']"
    ask(f"{backend.url}/products")
    page.clock.run_for(29_000)
    assert values(page, "#totals [data-name=total_requests]") == [before]
    page.clock.run_for(1_000)
    page.wait_for_selector(selector.format(int(before) + 1))
    ask(f"{backend.url}/products")
    page.click("text=Refresh")
    page.wait_for_selector(selector.format(int(before) + 2))
    page.reload()
    page.wait_for_selector(selector.format(int(before) + 2))
    page.click("text=Sign out")
    page.reload()
    page.wait_for_selector("#token")
    assert page.evaluate("JSON.stringify([sessionStorage.length, localStorage.length, document.cookie])") == '[0,0,""]'


CREDENTIALS = {
    "missing": (None, 401),
    "no token": ("nonsense", 401),
    "expired": (token("admin", exp=1), 401),
    "of another shop": (token("admin", aud="another"), 401),
    "without a role": (token("customer"), 403),
    "admin": (token("admin"), 200),
}


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_both_doors_decide_alike(kind: str, backend: Process, front: Process) -> None:
    """Each route answers a token, missing, wrong or right, with the backend's status and words, uncached."""
    bearer, status = CREDENTIALS[kind]
    for outer, inner in DOORS.items():
        asked, given = ask(front.url + outer, bearer), ask(backend.url + inner, bearer)
        assert (asked.status_code, given.status_code) == (status, status)
        assert (asked.headers["x-data-source"], asked.headers["cache-control"]) == ("backend-real", "no-store")
        assert asked.headers.get("www-authenticate") == given.headers.get("www-authenticate")
        if status != 200:
            assert asked.json() == given.json()


@pytest.mark.parametrize("kind", ["no token", "expired", "without a role"])
def test_the_page_refuses_a_wrong_token(kind: str, page: Any, backend: Process) -> None:
    """The form comes back with the backend's words, and no number is shown."""
    bearer, _ = CREDENTIALS[kind]
    sign_in(page, bearer or "")
    page.wait_for_selector(ALERT)
    words = ask(f"{backend.url}/admin/performance/stats", bearer).json()["detail"]
    assert page.inner_text(ALERT) == f"The backend does not take this token: {words}"
    assert (page.locator("#token").count(), page.locator("#totals").count()) == (1, 0)
    sign_in(page, token("admin"))
    page.wait_for_selector("#totals")


def test_a_backend_that_stops_and_starts(page: Any, backend: Process, front: Process) -> None:
    """While it is away the page says so and keeps the last numbers; back again, it shows the new ones by itself."""
    sign_in(page, token("admin"))
    page.wait_for_selector("#totals")
    before = values(page, "#endpoints")
    backend.stop()
    for outer in DOORS:
        gone = ask(front.url + outer, token("admin"))
        assert (gone.status_code, gone.json()["detail"]) == (502, "The backend cannot be reached.")
        assert gone.headers["content-type"] == "application/problem+json"
        assert "x-data-source" not in gone.headers
    page.clock.run_for(30_000)
    page.wait_for_selector(ALERT)
    assert page.inner_text(ALERT) == "No new numbers: The backend cannot be reached."
    assert values(page, "#endpoints") == before
    backend.start()
    visit(backend)
    page.clock.run_for(30_000)
    page.wait_for_selector(ALERT, state="detached")
    check_page(page, backend)


def test_a_backend_that_hangs(page: Any, backend: Process, front: Process) -> None:
    """The wait has an end: 504 from the routes, an explanation on the page; when it goes on, so does the page."""
    sign_in(page, token("admin"))
    page.wait_for_selector("#totals")
    backend.signal(signal.SIGSTOP)
    try:
        late = ask(f"{front.url}/api/admin/performance/stats", token("admin"))
        assert (late.status_code, late.json()["detail"]) == (504, "The backend did not answer in time.")
        page.click("text=Refresh")
        page.wait_for_selector(ALERT)
        assert page.inner_text(ALERT) == "No new numbers: The backend did not answer in time."
    finally:
        backend.signal(signal.SIGCONT)
    page.click("text=Refresh")
    page.wait_for_selector(ALERT, state="detached")


def test_without_an_address(browser: Any) -> None:
    """A front end that was not told where the backend is starts, and says what it misses."""
    with running(front_end("")) as lost:
        answer = ask(f"{lost.url}/api/admin/performance/stats", token("admin"))
        assert answer.status_code == 500
        assert answer.json()["detail"].startswith("BACKEND_URL is not set; give the backend's address")


def test_only_reading(front: Process) -> None:
    """Other methods are refused, the page forbids to be framed and to send elsewhere, and nobody says who serves it."""
    for outer in DOORS:
        assert httpx.post(front.url + outer).status_code == 405
    page = ask(front.url + PAGE)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    assert "x-powered-by" not in page.headers
    assert ask(front.url).url.path == "/"
