"""One table of settings: each by keyword, by its `PERFTRACK_*` environment variable, or by a framework's settings."""

# No annotations as text in this module: each field's would be compiled when a NamedTuple is made, at every start.

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from perftrack.errors import SettingError

ENVIRONMENT_PREFIX: Final = "PERFTRACK_"

LARGEST: Final = 1e15
"""No number of a setting is as large; infinity is, and NaN is not smaller."""

DEFAULT_SKIP: Final = ("/health", "/healthz", "/livez", "/readyz", "/ping", "/favicon.ico")


class _Values(NamedTuple):
    """The table: names, types and defaults."""

    slow_query_threshold: float = 1.0
    """Seconds; a request that lasts longer is slow."""
    max_slow_queries: int = 50
    """Slow requests kept in the log, newest first."""
    errors: str = "all"
    """`all` counts 4xx and 5xx as errors, `server` only server errors."""
    apdex_threshold: float = 0.5
    """Seconds; up to it a request is satisfied, up to four times it tolerating."""
    max_endpoints: int = 500
    """Rows; endpoints that come later share the row `OTHER <overflow>`."""
    memory: str = "auto"
    """Where the counters live: `private` is this process, `shared` all workers of the server or `group`. `auto` shares
    where it finds a server with workers, or a `group`."""
    group: str | None = None
    """Name of processes that share their numbers. Workers of one server need none."""
    health_window: int | None = 300
    """Seconds that the verdict looks back, by tens; None means since start."""
    health_min_requests: int = 10
    """Fewer requests than this in the window are too few for the error rate to be judged."""
    degraded_error_rate: float = 5.0
    """Percent; from here on degraded."""
    unhealthy_error_rate: float = 10.0
    """Percent; above it unhealthy."""
    degraded_slow_queries: int = 10
    """Slow requests in the window; from here on degraded."""
    unhealthy_slow_queries: int = 20
    """Slow requests in the window; above it unhealthy."""
    admin_prefix: str = "/admin/performance"
    """Where the admin pages are mounted."""
    track_admin: bool = False
    """Count the admin pages too."""
    trust_queue_header: bool = False
    """Read `X-Request-Start` and `X-Queue-Start`; only where a proxy of yours sets them."""
    record_query_strings: bool = False
    """Keep the query string in the `path` of a slow request, `/search?q=a`, for all who may see the admin pages.

    A query often has what was typed, and sometimes a secret. It is kept nowhere else: names of endpoints never have it.
    """
    skip: tuple[str, ...] = DEFAULT_SKIP
    """Paths that are never counted."""


class Settings(_Values):
    """The settings of one tracker, all checked. The names are also the keywords and, in capitals, the variables."""

    __slots__ = ()

    if not TYPE_CHECKING:  # which takes the names and the types of the arguments from the table

        def __new__(cls, *args: Any, **kwargs: Any) -> "Settings":
            """Check every value.

            Raises:
                SettingError: A value is not allowed.
            """
            values = super().__new__(cls, *args, **kwargs)
            values._check()
            return values

    def _check(self) -> None:
        for name, value in zip(self._fields, self, strict=True):
            check_setting(name, value)
        for kind in ("error_rate", "slow_queries"):
            degraded, unhealthy = getattr(self, f"degraded_{kind}"), getattr(self, f"unhealthy_{kind}")
            if degraded > unhealthy:
                raise _refusal(f"unhealthy_{kind}", unhealthy, f"at least degraded_{kind}, which is {degraded}")

    @classmethod
    def read(cls, keywords: Mapping[str, Any], environ: Mapping[str, str]) -> "Settings":
        """Take each setting from *keywords*, else from its variable in *environ*, else its default.

        Raises:
            SettingError: A keyword is no setting, or a value is not allowed.
        """
        values = {name: _parsed(name, text) for name, text in settings_in(environ).items()}
        for name, value in keywords.items():
            check_setting(name, value)
            values[name] = value
        return cls(**values)


def settings_in(config: Mapping[str, Any]) -> dict[str, Any]:
    """Take the settings out of a framework's *config*, where they have the names of the variables."""
    named = ((name, ENVIRONMENT_PREFIX + name.upper()) for name in _RULES)
    return {name: config[key] for name, key in named if key in config}


class _Rule:
    """How the text of a variable becomes a value, and which values are allowed."""

    __slots__ = ("allowed", "parse", "valid")

    def __init__(self, parse: Callable[[str], object], valid: Callable[[Any], bool], allowed: str) -> None:
        self.parse = parse
        self.valid = valid
        self.allowed = allowed


def check_setting(name: str, value: object) -> None:
    """Check one value.

    Raises:
        SettingError: The value is not allowed; the message says what is.
    """
    if name not in _RULES:
        raise SettingError(f"unknown setting {name!r}; the settings are {', '.join(_RULES)}")
    rule = _RULES[name]
    if not rule.valid(value):
        raise _refusal(name, value, rule.allowed)


def _refusal(name: str, value: object, allowed: str) -> SettingError:
    return SettingError(f"setting {name} is {value!r}; it must be {allowed}")


def _parsed(name: str, text: str) -> Any:
    try:
        return _RULES[name].parse(text.strip())
    except ValueError:
        variable = ENVIRONMENT_PREFIX + name.upper()
        raise SettingError(f"variable {variable} is {text!r}; it must be {_RULES[name].allowed}") from None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and -LARGEST < value < LARGEST


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/")


def _parse_bool(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _parse_optional_int(text: str) -> int | None:
    return None if text.lower() == "none" else int(text)


def _parse_paths(text: str) -> tuple[str, ...]:
    return tuple(path.strip() for path in text.split(",") if path.strip())


def _whole(low: int, high: int) -> _Rule:
    return _Rule(int, lambda v: _is_whole(v) and low <= v <= high, f"a whole number from {low} to {high}")


def _choice(*words: str) -> _Rule:
    return _Rule(str, lambda v: v in words, " or ".join(map(repr, words)))


_SECONDS: Final = _Rule(float, lambda v: _is_number(v) and v > 0, "a number of seconds above 0")
_PERCENT: Final = _Rule(float, lambda v: _is_number(v) and 0 <= v <= 100, "a percentage from 0 to 100")
_SWITCH: Final = _Rule(_parse_bool, lambda v: isinstance(v, bool), "True or False (1 or 0 in a variable)")

_RULES: Final[dict[str, _Rule]] = {
    "slow_query_threshold": _SECONDS,
    "max_slow_queries": _whole(1, 1000),
    "errors": _choice("all", "server"),
    "apdex_threshold": _SECONDS,
    "max_endpoints": _whole(1, 10_000),
    "memory": _choice("auto", "private", "shared"),
    "group": _Rule(str, lambda v: v is None or (isinstance(v, str) and v != ""), "a name or None"),
    "health_window": _Rule(
        _parse_optional_int,
        lambda v: v is None or (_is_whole(v) and 10 <= v <= 3600 and v % 10 == 0),
        "a multiple of 10 from 10 to 3600, or None",
    ),
    "health_min_requests": _whole(1, 1_000_000),
    "degraded_error_rate": _PERCENT,
    "unhealthy_error_rate": _PERCENT,
    "degraded_slow_queries": _whole(0, 1_000_000),
    "unhealthy_slow_queries": _whole(0, 1_000_000),
    "admin_prefix": _Rule(
        str,
        lambda v: _is_path(v) and len(v) > 1 and not v.endswith("/") and not set(v) & set("?#%{} "),
        "a path such as '/admin/performance', without a slash at its end",
    ),
    "track_admin": _SWITCH,
    "trust_queue_header": _SWITCH,
    "record_query_strings": _SWITCH,
    "skip": _Rule(
        _parse_paths,
        lambda v: isinstance(v, tuple) and all(_is_path(path) for path in cast("tuple[object, ...]", v)),
        "a tuple of paths, each starting with a slash (separated by commas in a variable)",
    ),
}
