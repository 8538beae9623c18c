"""Every setting by keyword and by variable, with the defaults of the table, and refused with a line that helps."""

from __future__ import annotations

from typing import Any

import pytest

from perftrack import PerformanceTracker, SettingError, Settings
from perftrack.settings import settings_in

DEFAULTS: dict[str, Any] = {
    "slow_query_threshold": 1.0,
    "max_slow_queries": 50,
    "errors": "all",
    "apdex_threshold": 0.5,
    "max_endpoints": 500,
    "memory": "auto",
    "group": None,
    "health_window": 300,
    "health_min_requests": 10,
    "degraded_error_rate": 5.0,
    "unhealthy_error_rate": 10.0,
    "degraded_slow_queries": 10,
    "unhealthy_slow_queries": 20,
    "admin_prefix": "/admin/performance",
    "track_admin": False,
    "trust_queue_header": False,
    "record_query_strings": False,
    "skip": ("/health", "/healthz", "/livez", "/readyz", "/ping", "/favicon.ico"),
}

# name, text of the variable, value
GIVEN: list[tuple[str, str, Any]] = [
    ("slow_query_threshold", "0.25", 0.25),
    ("max_slow_queries", "1000", 1000),
    ("errors", "server", "server"),
    ("apdex_threshold", "2", 2.0),
    ("max_endpoints", "10000", 10_000),
    ("memory", "private", "private"),
    ("group", "shop", "shop"),
    ("health_window", "60", 60),
    ("health_window", "None", None),
    ("health_min_requests", "1", 1),
    ("degraded_error_rate", "0.5", 0.5),
    ("unhealthy_error_rate", "100", 100.0),
    ("degraded_slow_queries", "0", 0),
    ("unhealthy_slow_queries", "1000000", 1_000_000),
    ("admin_prefix", "/ops/perf", "/ops/perf"),
    ("track_admin", "Yes", True),
    ("track_admin", "off", False),
    ("trust_queue_header", "1", True),
    ("record_query_strings", "on", True),
    ("skip", "/up, /ready,", ("/up", "/ready")),
    ("skip", "", ()),
]

# name, refused values, what the message says is allowed
REFUSED: list[tuple[str, list[Any], str]] = [
    ("slow_query_threshold", [0, -1.0, float("nan"), float("inf"), "1", None, True], "a number of seconds above 0"),
    ("max_slow_queries", [0, 1001, 1.5, "5", None, True], "a whole number from 1 to 1000"),
    ("errors", ["", "none", None, 5], "'all' or 'server'"),
    ("apdex_threshold", [0.0, float("nan"), None], "a number of seconds above 0"),
    ("max_endpoints", [0, 10_001, 3.0], "a whole number from 1 to 10000"),
    ("memory", ["disk", None], "'auto' or 'private'"),
    ("group", ["", 5], "a name or None"),
    ("health_window", [0, 5, 15, 3610, 300.0, "300", True], "a multiple of 10 from 10 to 3600, or None"),
    ("health_min_requests", [0, 2.5], "a whole number from 1 to 1000000"),
    ("degraded_error_rate", [-0.1, 100.1, "5", None], "a percentage from 0 to 100"),
    ("unhealthy_error_rate", [-0.1, float("nan")], "a percentage from 0 to 100"),
    ("degraded_slow_queries", [-1, 1.0], "a whole number from 0 to 1000000"),
    ("unhealthy_slow_queries", [-1, None], "a whole number from 0 to 1000000"),
    ("admin_prefix", ["", "/", "admin", "/admin/", "/a?b", "/a b", "/a/{id}", 5, None], "a path such as"),
    ("track_admin", [1, "yes", None], "True or False"),
    ("trust_queue_header", [0, "no"], "True or False"),
    ("record_query_strings", [1, "on"], "True or False"),
    ("skip", [["/a"], "/a", ("a",), (5,), None], "a tuple of paths"),
]

# name, text of the variable that is no value of its kind
UNREADABLE = [
    ("slow_query_threshold", "fast"),
    ("max_slow_queries", "5.5"),
    ("health_window", "5m"),
    ("degraded_error_rate", "5%"),
    ("track_admin", "maybe"),
    ("trust_queue_header", ""),
]


def read(environ: dict[str, str] | None = None, **keywords: Any) -> dict[str, Any]:
    """Read the settings as a tracker does."""
    return Settings.read(keywords, environ or {})._asdict()


def test_defaults_are_those_of_the_table() -> None:
    """With nothing given each setting has its documented default, and the lists here name all of them."""
    assert read() == Settings()._asdict() == DEFAULTS
    assert {name for name, _, _ in GIVEN} == {name for name, _, _ in REFUSED} == set(DEFAULTS)


@pytest.mark.parametrize(("name", "text", "value"), GIVEN)
def test_each_setting_by_keyword_and_by_variable(name: str, text: str, value: Any) -> None:
    """A keyword and a variable give the same value, and leave all others alone."""
    variable = f"PERFTRACK_{name.upper()}"
    assert read(**{name: value}) == read({variable: text}) == read({variable: f" {text} "}) == DEFAULTS | {name: value}
    assert type(read({variable: text})[name]) is type(value)


def test_a_keyword_wins_over_its_variable() -> None:
    """What the code says outranks the environment."""
    environ = {"PERFTRACK_MAX_SLOW_QUERIES": "7", "PERFTRACK_APDEX_THRESHOLD": "0.1"}
    assert read(environ, max_slow_queries=9) == DEFAULTS | {"max_slow_queries": 9, "apdex_threshold": 0.1}


def test_a_tracker_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of the process reach a tracker made without keywords."""
    monkeypatch.setenv("PERFTRACK_SLOW_QUERY_THRESHOLD", "0.125")
    assert PerformanceTracker().slow_query_threshold == 0.125
    assert PerformanceTracker(slow_query_threshold=3.0).slow_query_threshold == 3.0


@pytest.mark.parametrize(
    ("name", "value", "allowed"), [(name, value, allowed) for name, values, allowed in REFUSED for value in values]
)
def test_a_wrong_value_is_refused(name: str, value: Any, allowed: str) -> None:
    """The message is one line with the setting's name, the value and what is allowed."""
    with pytest.raises(SettingError) as refusal:
        PerformanceTracker(**{name: value})
    message = str(refusal.value)
    assert message.startswith(f"setting {name} is {value!r}; it must be {allowed}")
    assert "\n" not in message


@pytest.mark.parametrize(("name", "text"), UNREADABLE)
def test_an_unreadable_variable_is_refused(name: str, text: str) -> None:
    """The message names the variable as the operator wrote it, its text and what is allowed."""
    allowed = next(allowed for refused, _, allowed in REFUSED if refused == name)
    with pytest.raises(SettingError) as refusal:
        read({f"PERFTRACK_{name.upper()}": text})
    assert str(refusal.value).startswith(f"variable PERFTRACK_{name.upper()} is {text!r}; it must be {allowed}")


@pytest.mark.parametrize(("name", "text"), [("max_slow_queries", "0"), ("health_window", "7"), ("errors", "some")])
def test_a_wrong_value_in_a_variable_is_refused(name: str, text: str) -> None:
    """A variable that can be read but is out of range is refused like a keyword."""
    with pytest.raises(SettingError, match=f"setting {name} is .*{text}.*; it must be"):
        read({f"PERFTRACK_{name.upper()}": text})


def test_an_unknown_keyword_is_refused() -> None:
    """A misspelt setting is named, with all that exist."""
    with pytest.raises(
        SettingError, match=r"unknown setting 'slow_threshold'; the settings are slow_query_threshold, "
    ):
        PerformanceTracker(slow_threshold=1.0)


def test_unknown_variables_are_none_of_our_business() -> None:
    """A variable of the same prefix that is no setting, such as the admin token, is passed over."""
    assert read({"PERFTRACK_ADMIN_TOKEN": "x" * 20, "PERFTRACK_": "1", "SKIP": "/a"}) == DEFAULTS


@pytest.mark.parametrize("kind", ["error_rate", "slow_queries"])
def test_limits_of_health_must_be_in_order(kind: str) -> None:
    """An unhealthy limit below the degraded one is refused; equal ones are allowed."""
    limits: dict[str, Any] = {f"degraded_{kind}": 8, f"unhealthy_{kind}": 7}
    message = f"setting unhealthy_{kind} is 7; it must be at least degraded_{kind}, which is 8"
    with pytest.raises(SettingError, match=message):
        Settings(**limits)
    limits[f"unhealthy_{kind}"] = 8
    assert read(**limits)[f"unhealthy_{kind}"] == 8


def test_settings_are_taken_out_of_a_frameworks_config() -> None:
    """A framework's own settings have the names of the variables and any type; what is not ours stays out."""
    config = {"PERFTRACK_SKIP": ("/up",), "PERFTRACK_TRACK_ADMIN": True, "DEBUG": True, "skip": "/no"}
    assert settings_in(config) == {"skip": ("/up",), "track_admin": True}


def test_a_number_beyond_all_floats_is_refused() -> None:
    """A whole number too large for a float is refused as every other wrong value is."""
    with pytest.raises(SettingError, match="setting slow_query_threshold is 1000"):
        read({}, slow_query_threshold=10**400)


def test_settings_are_a_checked_value() -> None:
    """They are checked however they are made, equal by value, shown with their names, and cannot be changed."""
    settings = Settings(slow_query_threshold=2.0)
    assert settings == Settings(2.0) != Settings()
    assert repr(settings).startswith("Settings(slow_query_threshold=2.0, max_slow_queries=50, ")
    with pytest.raises(SettingError, match="setting slow_query_threshold is -1"):
        Settings(-1)
    with pytest.raises(SettingError, match=r"unhealthy_error_rate is 4\.0; it must be at least degraded_error_rate"):
        Settings(unhealthy_error_rate=4.0)
    with pytest.raises(AttributeError):
        settings.max_slow_queries = 1  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue] - as a user may try
