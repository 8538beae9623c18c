"""`stats`, `health`, `slow` and `check` against a real server: what they print, and what their exit status says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from perftrack import PerformanceTracker
from tests.adapters.remote_support import TOKEN, Run, app_of, measured, served

ENVIRON = {"PYTHONPATH": ":".join([str(Path(__file__).parents[2]), str(Path(__file__).parents[2] / "adapters")])}
ADMIN = "/admin/performance"
HOSTILE = "/\x1b[2J\u202e\x9b31m</script>\n\ud800"


@pytest.fixture
def tracker() -> PerformanceTracker:
    """What the served app has measured."""
    return measured()


@pytest.fixture
def url(tracker: PerformanceTracker, monkeypatch: pytest.MonkeyPatch, run: Run) -> Generator[str, None, None]:
    """The URL of a served app; its token is in the environment."""
    monkeypatch.setenv("PERFTRACK_TOKEN", TOKEN)
    with served(app_of(tracker)) as url:
        yield url


def test_stats(run: Run, url: str) -> None:
    """The table has the totals, the verdict and the endpoints in the order asked for."""
    ended = run("stats", url, "--sort", "requests")
    assert (ended.status, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("100 requests, 100 in the last minute, 1 errors (1.0 %), 3 slow, p50 12.")
    assert lines[1] == "health: healthy"
    assert [line.split()[1] for line in lines[4:]] == ["/products/{id}", "/search", "/checkout"]
    assert run("stats", url, "--limit", "1").out.count("\nGET ") == 1
    assert "POST /checkout" in run("stats", url, "--endpoint", "POST /checkout").out


def test_json_is_the_answer_of_the_server(run: Run, url: str, tracker: PerformanceTracker) -> None:
    """With --json a script gets the contract's own keys, for all three."""
    assert set(json.loads(run("stats", url, "--json").out)["endpoint_stats"]) == set(tracker.stats()["endpoint_stats"])
    assert json.loads(run("health", url, "--json").out)["window"] == tracker.health()["window"]
    assert len(json.loads(run("slow", url, "--json", "--limit", "2").out)["slow_queries"]) == 2


@pytest.mark.parametrize("path", ["", "/", ADMIN, f"{ADMIN}/#code=x", f"{ADMIN}/slow-queries"])
def test_each_url_of_the_app_leads_there(run: Run, url: str, tracker: PerformanceTracker, path: str) -> None:
    """The app, its page and the address of an answer are all found, and the search is in no number."""
    assert run("stats", url + path).status == 0
    assert tracker.stats()["total_requests"] == 100


@pytest.mark.parametrize("path", ["/ops/perf", "/ops/perf/health"])
def test_a_prefix_of_its_own(run: Run, path: str) -> None:
    """Where the admin pages are mounted elsewhere, their URL is enough."""
    with served(app_of(measured(), prefix="/ops/perf")) as url:
        assert run("stats", url + path, "--token", TOKEN).status == 0


def test_slow(run: Run, url: str) -> None:
    """The log has a line for each slow request, and says how many there were."""
    lines = run("slow", url, "--limit", "2").out.splitlines()
    assert lines[0] == "3 requests lasted longer than 0.5 s; the log has 2 of them"
    assert [line.split()[-2:] for line in lines[3:]] == [["/search", "/search"]] * 2


def test_health_says_it_with_its_status(run: Run, url: str, tracker: PerformanceTracker) -> None:
    """Exit status 0 is healthy; degraded and unhealthy are 1, with the reasons printed."""
    healthy = run("health", url)
    assert (healthy.status, healthy.out.splitlines()[0]) == (0, "health: healthy")
    assert "100 requests in the last 300 s, 1 % errors of 100 judged, 3 slow; up 0h 0m" in healthy.out
    for _ in range(6):
        tracker.record("POST", "/checkout", 500, 0.01)
    degraded = run("health", url)
    assert (degraded.status, degraded.out.splitlines()[0]) == (1, "health: degraded")
    for _ in range(60):
        tracker.record("POST", "/checkout", 500, 0.01)
    unhealthy = run("health", url)
    assert (unhealthy.status, unhealthy.out.splitlines()[0]) == (1, "health: unhealthy")
    assert "most come from POST /checkout" in unhealthy.out


@pytest.mark.parametrize(
    "limits",
    [
        ["--max-error-rate", "1"],
        ["--max-p95", "0.02", "--max-p99", "2"],
        ["--max-p95", "GET /products/{id}=0.0126", "--max-p95", "GET /search=1.3"],
        ["--max-slow", "3", "--max-slow", "GET /products/{id}=0"],
        ["--min-requests", "100", "--min-requests", "GET /search=3"],
    ],
)
def test_kept_limits(run: Run, url: str, limits: list[str]) -> None:
    """A number that equals its limit keeps it."""
    ended = run("check", url, *limits)
    assert (ended.status, ended.err) == (0, "")
    assert "BROKEN" not in ended.out
    assert ended.out.endswith("limits are kept\n")


@pytest.mark.parametrize(
    ("limits", "broken"),
    [
        (["--max-error-rate", "0.99"], ["error rate: 1 %, at most 0.99 %"]),
        (["--max-error-rate", "POST /checkout=50"], ["error rate of POST /checkout: 100 %, at most 50 %"]),
        (["--max-p95", "GET /search=1", "--max-p99", "9"], ["p95 of GET /search: 1.25 s, at most 1 s"]),
        (["--max-slow", "2"], ["slow requests: 3, at most 2"]),
        (["--min-requests", "101"], ["requests: 100, at least 101"]),
        (["--max-p95", "GET /serach=1"], ["p95 of GET /serach: no request was measured, at most 1 s"]),
        (
            ["--max-p99", "1", "--max-slow", "0"],
            ["p99: 1.24858 s, at most 1 s", "slow requests: 3, at most 0"],
        ),
    ],
)
def test_broken_limits_are_named(run: Run, url: str, limits: list[str], broken: list[str]) -> None:
    """Each broken limit has a line with the number and the limit, and the exit status is 1."""
    ended = run("check", url, *limits)
    assert (ended.status, ended.err) == (1, "")
    assert [line.removeprefix("BROKEN  ") for line in ended.out.splitlines() if line.startswith("BROKEN")] == broken


def test_an_app_that_nobody_asked_passes_no_gate(run: Run) -> None:
    """Without a request nothing has been shown; who wants that to pass says so."""
    with served(app_of(PerformanceTracker("nobody", memory="private"))) as url:
        asked = ("check", url, "--token", TOKEN, "--max-error-rate", "1")
        assert run(*asked).status == 1
        assert run(*asked, "--min-requests", "0").status == 0
        assert run(*asked, "--min-requests", "0", "--max-p95", "1").status == 1


def test_warnings_are_never_silent(run: Run, url: str, tracker: PerformanceTracker) -> None:
    """A gate that looks at one worker of four says so."""
    tracker.warn("one worker of 4")
    for command in (["stats"], ["health"], ["check", "--max-error-rate", "1"]):
        assert "warning: one worker of 4" in run(command[0], url, *command[1:]).out


def test_names_cannot_steer_the_terminal(run: Run, url: str, tracker: PerformanceTracker) -> None:
    """What a client sent is inert in every output."""
    for _ in range(30):
        tracker.record("GET", HOSTILE, 500, 2.0)
    tracker.warn("\x1b]0;owned\x07")
    commands = (["stats"], ["health"], ["slow"], ["check", "--max-slow", f"GET {HOSTILE}=0"])
    for command in commands:
        for more in ([], ["--json"] if command[0] != "check" else []):
            out = run(command[0], url, *command[1:], *more).out
            assert "[2J" in out
            assert all(char.isprintable() or char == "\n" for char in out), command


def _process(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", "perftrack_cli", *arguments]
    return subprocess.Popen(
        command, env={**ENVIRON, **environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="ascii"
    )


def test_a_terminal_of_few_letters(url: str, tracker: PerformanceTracker) -> None:
    """Where the output takes only ASCII, names are written out and nothing fails."""
    tracker.record("GET", "/商品", 200, 0.0005)
    with _process("stats", url, PERFTRACK_TOKEN=TOKEN, PYTHONIOENCODING="ascii") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "GET /\\u5546\\u54c1" in out


def test_a_reader_that_has_enough_opens_no_gate(url: str) -> None:
    """The exit status of a gate holds when nobody reads what it prints."""
    with _process("check", url, "--max-slow", "0", PERFTRACK_TOKEN=TOKEN) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


def test_an_interrupted_gate_is_not_passed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C and SIGTERM end a command for scripts with 130, never with the status of success."""

    def interrupted(options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("perftrack_cli.remote.site.from_options", interrupted)
    for command in ("stats", "health", "slow"):
        assert run(command, "localhost").status == 130
    assert run("check", "localhost", "--max-error-rate", "1").status == 130
