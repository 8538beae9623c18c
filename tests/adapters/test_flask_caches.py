"""Flask-Caching: lookups are counted, and answered as before."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from perftrack import PerformanceTracker, SettingError
from perftrack_flask import PerfTrack, watch_cache

Cache: Any = pytest.importorskip("flask_caching", reason="comes with the extra `test`").Cache


def watched(kind: str = "SimpleCache", **config: Any) -> tuple[Flask, Any, PerformanceTracker]:
    """Make an app with a cache of *kind*, watched as `pages`."""
    app, cache, tracker = Flask("app"), Cache(), PerformanceTracker()
    PerfTrack(app, tracker=tracker)
    cache.init_app(app, {"CACHE_TYPE": kind, **config})
    watch_cache(app, "pages", cache)
    watch_cache(app, "pages", cache)  # counts no lookup twice
    return app, cache, tracker


def counted(tracker: PerformanceTracker) -> tuple[int, int]:
    """Give hits and misses."""
    row = tracker.cache_stats()["caches"]["pages"]
    return row["hits"], row["misses"]


@pytest.mark.parametrize("kind", ["SimpleCache", "FileSystemCache"])
def test_lookups(kind: str, tmp_path: Any) -> None:
    """Each key that is looked up counts once, by whichever method, and the answers are the backend's."""
    app, cache, tracker = watched(kind, CACHE_DIR=str(tmp_path))
    with app.app_context():
        cache.set("a", 1)
        cache.set("none", None)
        assert [cache.get("a"), cache.get("b"), cache.get("none"), cache.has("a")] == [1, None, None, True]
        assert cache.get_many("a", "b") == [1, None]
        assert cache.get_dict("a", "c") == {"a": 1, "c": None}
        assert cache.cache.__class__.__name__ == kind
    assert counted(tracker) == (3, 4)
    assert tracker.stats()["warnings"] == []


def test_decorated_functions() -> None:
    """A cached view and a memoized function count a lookup for each call; the versions of functions are no lookups."""
    app, cache, tracker = watched()

    def twice(number: int) -> int:
        return 2 * number

    double = cache.memoize()(twice)
    app.add_url_rule("/page", view_func=cache.cached()(lambda: str([double(1), double(1), double(2)])))
    with app.test_client() as client:
        assert {client.get("/page").text for _ in range(3)} == {"[2, 2, 4]"}
    assert counted(tracker) == (1 + 2, 2 + 1)


def test_a_failing_backend_fails_as_before() -> None:
    """What the backend raises comes through, and the next lookup counts."""
    app, cache, tracker = watched()
    with app.app_context():
        with pytest.raises(TypeError, match=r"get\(\) missing 1 required positional argument"):
            cache.get()
        with pytest.raises(TypeError, match="unhashable"):
            cache.get_many([])
        cache.get("b")
    assert counted(tracker) == (0, 1)
    assert tracker.stats()["warnings"] == []


def test_each_app_has_its_own_counts() -> None:
    """A cache that serves two apps is watched in the one, not in the other."""
    app, cache, tracker = watched()
    other = Flask("other")
    cache.init_app(other, {"CACHE_TYPE": "SimpleCache"})
    for each in (app, other):
        with each.app_context():
            cache.get("a")
    assert counted(tracker) == (0, 1)


def test_too_early_is_refused() -> None:
    """Before both extensions know the app, there is nothing to watch, and the message says what is missing."""
    app, cache = Flask("app"), Cache()
    with pytest.raises(SettingError, match=r"cache 'pages' cannot be watched yet: call PerfTrack\(app\)"):
        watch_cache(app, "pages", cache)
    PerfTrack(app, tracker=PerformanceTracker())
    with pytest.raises(SettingError, match="cannot be watched yet"):
        watch_cache(app, "pages", cache)
