"""The page of current numbers: one HTML text made on the server, without a script.

Whatever came from a client goes through `shown`; nothing else may put text into the page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

from perftrack.shapes import EndpointStats, Health, SlowQuery, Stats

REFRESH_SECONDS = 30

# Controls, formats (bidi overrides, zero width), surrogates, private use, unassigned, line and paragraph separators.
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_NOTHING = "–"
_COLUMNS = ("Endpoint", "Requests", "Per min", "Errors", "Avg", "p50", "p95", "p99", "Max", "Time share", "Apdex")
_SLOW_COLUMNS = ("When", "Endpoint", "Path", "Status", "Duration", "First byte", "Outcome", "Worker")


def shown(text: str) -> str:
    """Return *text* safe between tags and in attributes; characters that cannot be seen appear as their escapes."""
    return escape("".join(_visible(char) for char in text))


def duration(seconds: float | None) -> str:
    """Return *seconds* in the unit that reads best."""
    if seconds is None:
        return _NOTHING
    if seconds < 0.0995:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.2f} s"


def render(stats: Stats, health: Health, *, signed_in: bool = False) -> str:
    """Return the page, with a way out for whoever has *signed_in* with this browser."""
    parts = (_banner(health), _tiles(stats, health), _endpoints(stats), _slow(stats), _warnings(stats, health))
    content = "".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">'
        # The referrer policy of all answers makes browsers send "Origin: null" with the form that signs out.
        '<meta name="referrer" content="same-origin">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        '<title>Performance</title><link rel="icon" href="data:,"><link rel="stylesheet" href="assets/page.css">'
        f"</head><body><header><h1>Performance</h1>{_origin(stats)}</header><main>{content}</main>"
        f"{_footer(stats, signed_in)}</body></html>\n"
    )


def _visible(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    return ascii(char)[1:-1] if unicodedata.category(char) in _INVISIBLE else char


def _origin(stats: Stats) -> str:
    who = "this process" if stats["scope"] == "process" else f"workers of this host: {stats['workers']}"
    return f"<p>{shown(stats['timestamp'])} &middot; {who} &middot; counted since {shown(stats['since'])}</p>"


def _banner(health: Health) -> str:
    window = health["window"]
    span = "since the start" if window["seconds"] is None else f"in the last {window['seconds']} s"
    reasons = "".join(f"<li><bdi>{shown(reason['message'])}</bdi></li>" for reason in health["reasons"])
    status = shown(health["status"])
    return (
        f'<section class="banner {status}"><h2>{status.title()}</h2>'
        f"<p>{window['requests']} requests {span}, {window['error_rate']:.2f} % errors, "
        f"{window['slow_queries']} slow</p>{reasons and f'<ul>{reasons}</ul>'}</section>"
    )


def _tiles(stats: Stats, health: Health) -> str:
    spent = stats["duration"]
    tiles = (
        ("Requests", str(stats["total_requests"])),
        ("Per minute", str(stats["requests_per_minute"])),
        ("Error rate", f"{stats['error_rate']:.2f} %"),
        ("p50", duration(spent["p50"])),
        ("p95", duration(spent["p95"])),
        ("p99", duration(spent["p99"])),
        ("Slow", str(stats["slow_queries_count"])),
        ("In flight", str(stats["in_flight"])),
        ("Uptime", shown(health["metrics"]["uptime"])),
    )
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in tiles)
    return f'<dl class="tiles">{items}</dl>'


def _endpoints(stats: Stats) -> str:
    rows = [_endpoint(name, row) for name, row in stats["endpoint_stats"].items()]
    return _table("Endpoints", "endpoints", _COLUMNS, rows, "No request has finished yet.")


def _endpoint(name: str, row: EndpointStats) -> str:
    times = (row["avg_duration"], row["p50_duration"], row["p95_duration"], row["p99_duration"], row["max_duration"])
    share, apdex = row["time_share"], row["apdex"]
    numbers = (
        str(row["total_requests"]),
        str(row["requests_per_minute"]),
        f"{row['error_rate']:.2f} %",
        *map(duration, times),
        f'<meter min="0" max="100" value="{share:.2f}" aria-hidden="true"></meter> {share:.1f} %',
        _NOTHING if apdex is None else f"{apdex:.2f}",
    )
    return f'<tr><th scope="row">{_code(name)}</th>{_cells(numbers)}</tr>'


def _slow(stats: Stats) -> str:
    rows = [_slow_row(entry) for entry in stats["recent_slow_queries"]]
    return _table("Recent slow requests", "slow", _SLOW_COLUMNS, rows, "No slow request.")


def _slow_row(entry: SlowQuery) -> str:
    status = entry["status"]
    cells = (
        _code(entry["endpoint"]),
        _code(entry["path"]),
        "none" if status is None else str(status),
        duration(entry["duration"]),
        duration(entry["first_byte"]),
        shown(entry["outcome"].replace("_", " ")),
        str(entry["worker"]),
    )
    return f'<tr><th scope="row">{shown(entry["timestamp"])}</th>{_cells(cells)}</tr>'


def _warnings(stats: Stats, health: Health) -> str:
    texts = dict.fromkeys((*stats["warnings"], *health["warnings"]))
    if not texts:
        return ""
    items = "".join(f"<li><bdi>{shown(text)}</bdi></li>" for text in texts)
    return f'<section class="warnings"><h2>Warnings</h2><ul>{items}</ul></section>'


def _footer(stats: Stats, signed_in: bool) -> str:
    way_out = '<form class="sign-out" method="post" action="sign-out"><button>Sign out</button></form>'
    links = "".join(f'<a href="{name}">{name}</a> ' for name in ("stats", "health", "series", "openapi.json"))
    return (
        f"<footer><p>Percentiles are within {stats['relative_error'] * 100:.2f} %. "
        f"This page loads itself anew every {REFRESH_SECONDS} s.</p><nav>{links}</nav>{way_out if signed_in else ''}"
        "</footer>"
    )


def _table(title: str, kind: str, columns: Iterable[str], rows: list[str], empty: str) -> str:
    if not rows:
        return f"<section><h2>{title}</h2><p>{empty}</p></section>"
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    # A scrolling region must be reachable by keyboard, and then needs a name.
    return (
        f'<section><h2>{title}</h2><div class="scroll" role="region" tabindex="0" aria-label="{title}">'
        f'<table class="{kind}">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _cells(values: Iterable[str]) -> str:
    return "".join(f"<td>{value}</td>" for value in values)


def _code(text: str) -> str:
    # bdi keeps right-to-left letters of a path from reordering the numbers beside it.
    # The title has in full what the style sheet cuts.
    return f'<bdi><code title="{shown(text)}">{shown(text)}</code></bdi>'
