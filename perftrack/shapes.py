"""The JSON shapes of the admin contract, one `TypedDict` each.

They are the single source for three readers: type checkers (what `tracker.stats()` returns), people (each field says
its meaning, unit and window) and machines (`/openapi.json` is generated from them).

Durations are float seconds, rates are percent rounded to two places, times are ISO 8601 in UTC. A value for which
there is no sample is `null`; a count, rate or share without samples is 0.

Annotations are evaluated here at once: as text, as everywhere else, each would be compiled when its class is made.
"""

from typing import Annotated, Literal, TypedDict

Seconds = Annotated[float, "seconds"]
MaybeSeconds = Annotated[float | None, "seconds; null without a sample"]
Percent = Annotated[float, "percent, rounded to 2 places; 0.0 without a request"]
Moment = Annotated[str, "ISO 8601, UTC"]
Status = Literal["healthy", "degraded", "unhealthy"]
OutcomeName = Literal["ok", "client_error", "server_error", "client_left"]


class Outcomes(TypedDict):
    """Finished requests by outcome; they sum to `total_requests`."""

    ok: int
    client_error: Annotated[int, "complete responses with a 4xx status"]
    server_error: Annotated[int, "5xx, an exception, no response, or a body that was cut off"]
    client_left: Annotated[int, "the client went away before the last byte; in no error rate"]


class Timing(TypedDict):
    """A reading that is kept as count, mean and maximum."""

    count: int
    avg: MaybeSeconds
    max: MaybeSeconds


class Duration(TypedDict):
    """Arrival to last body byte taken by the server, of all timed requests since `since`."""

    count: Annotated[int, "timed requests: all but event streams and clients that left"]
    avg: MaybeSeconds
    min: MaybeSeconds
    max: MaybeSeconds
    p50: MaybeSeconds
    p90: MaybeSeconds
    p95: MaybeSeconds
    p99: MaybeSeconds
    p999: MaybeSeconds


class Streams(TypedDict):
    """Responses of type `text/event-stream`: meant to last, so in no duration."""

    open: Annotated[int, "being sent now"]
    finished: int
    connection_time: Annotated[float, "seconds that finished streams were open, added up"]


class WebSockets(TypedDict):
    """WebSocket connections; they enter no other number."""

    opened: Annotated[int, "accepted since `since`"]
    open: Annotated[int, "open now"]
    rejected: Annotated[int, "closed, denied or failed before they were accepted"]
    close_codes: Annotated[dict[str, int], 'finished connections by close code; "none" without one, "other" past 32']
    connection_time: Annotated[float, "seconds that finished connections were open, added up"]
    messages_in: int
    messages_out: int


class LastMinute(TypedDict):
    """The current second and the 59 before it."""

    requests: int
    errors: int
    error_rate: Percent
    p50: MaybeSeconds
    p95: MaybeSeconds
    p99: MaybeSeconds


class EndpointStats(TypedDict):
    """One endpoint since `since`."""

    total_requests: int
    total_errors: int
    avg_duration: MaybeSeconds
    min_duration: MaybeSeconds
    max_duration: MaybeSeconds
    p50_duration: MaybeSeconds
    p95_duration: MaybeSeconds
    p99_duration: MaybeSeconds
    error_rate: Percent
    requests_per_minute: Annotated[int, "finished in the current second and the 59 before it"]
    slow_queries_count: int
    status: Annotated[dict[str, int], 'requests by the status sent; "none" if none was']
    time_share: Annotated[float, "percent of all time spent serving; 0.0 when empty"]
    apdex: Annotated[float | None, "(satisfied + tolerating / 2) / timed requests; errors are frustrated"]
    outcomes: Outcomes
    first_byte: Timing
    rpm_series: Annotated[list[int], "60 numbers: requests finished in each second, oldest first"]


class SlowQuery(TypedDict):
    """One request that lasted longer than `slow_query_threshold`."""

    endpoint: str
    method: str
    path: Annotated[str, "the path as sent; with its query only if `record_query_strings` is on; cut at 255 characters"]
    status: Annotated[int | None, "the status sent; null if none was"]
    duration: Seconds
    first_byte: MaybeSeconds
    outcome: OutcomeName
    timestamp: Moment
    worker: Annotated[int, "process id"]


class SeriesSlot(TypedDict):
    """What finished within ten seconds."""

    timestamp: Annotated[str, "start of the slot, ISO 8601, UTC"]
    requests: int
    errors: int
    ok: int
    client_error: int
    server_error: int
    client_left: int
    slow: int
    p50: MaybeSeconds
    p95: MaybeSeconds
    p99: MaybeSeconds
    max: MaybeSeconds
    busy_seconds: Annotated[float, "durations of the requests that finished here, added up"]
    in_flight_peak: Annotated[int | None, "most requests at once, seen at arrivals and finishes; null in an empty slot"]
    bands: Annotated[list[int], "16 heat-map bands, see `bands` of the series"]


class Series(TypedDict):
    """The last hour by ten seconds, oldest first."""

    slot_seconds: int
    relative_error: Annotated[float, "largest relative error of a percentile here"]
    bands: Annotated[list[float | None], "upper bound of each heat-map band in seconds; the last has none"]
    slots: Annotated[list[SeriesSlot], "360 slots"]
    timestamp: Moment


class HealthMetrics(TypedDict):
    """Since `since`, for display."""

    total_requests: int
    error_rate: Percent
    slow_queries: int
    uptime: Annotated[str, 'hours and minutes, as "26h 3m"']


class HealthWindow(TypedDict):
    """What the status was judged on; requests without a route are left out."""

    seconds: Annotated[int | None, "length of the window; null means since `since`"]
    requests: int
    judged: Annotated[int, "requests without those whose client left"]
    error_rate: Percent
    slow_queries: int


class HealthReason(TypedDict):
    """Why the status is not healthy."""

    metric: Literal["error_rate", "slow_queries"]
    status: Status
    value: float
    limit: Annotated[float, "the limit that was reached or passed"]
    endpoint: Annotated[str | None, "the endpoint that contributes most"]
    endpoint_count: Annotated[int, "its errors or slow requests in the window"]
    message: str


class Health(TypedDict):
    """The verdict and what it rests on."""

    status: Status
    timestamp: Moment
    metrics: HealthMetrics
    window: HealthWindow
    reasons: list[HealthReason]
    warnings: list[str]
    cache_status: Literal["in-memory", "shared-memory"]


class SlowQueries(TypedDict):
    """The bounded log of slow requests, newest first."""

    slow_queries: list[SlowQuery]
    slow_queries_count: Annotated[int, "all slow requests since `since`, also those no longer in the log"]
    slow_query_threshold: Seconds
    timestamp: Moment


class EndpointDetail(TypedDict):
    """One endpoint with the distribution of its durations."""

    endpoint: str
    stats: EndpointStats
    buckets: Annotated[list[tuple[float, float, int]], "[lower, upper, count]: lower < duration <= upper, in seconds"]
    relative_error: Annotated[float, "largest relative error of a percentile"]
    recent_slow_queries: list[SlowQuery]
    timestamp: Moment


class CacheCounts(TypedDict):
    """One cache registered with the tracker: what all workers tell of theirs, added up; null for what none tells."""

    hits: Annotated[int, "lookups since `since` that found something; of ended workers too"]
    misses: Annotated[int, "lookups since `since` that found nothing; of ended workers too"]
    hit_rate: Annotated[float, "hits in percent of hits and misses, rounded to 2 places; 0.0 without a lookup"]
    size: Annotated[int | None, "entries held, or the size in the cache's own unit; of all live workers added up"]
    max_size: Annotated[int | None, "its limit in the same unit, of all live workers added up; null without one"]
    evictions: Annotated[int | None, "entries that the cache dropped to make room"]
    lag_seconds: Annotated[
        float,
        "the numbers of another worker than the one that answers may lack what its cache did in so many seconds before "
        "the end of its last request; 0.0 when lookups are counted by hand, or for one worker",
    ]


class CacheTotals(TypedDict):
    """All registered caches together."""

    hits: int
    misses: int
    hit_rate: Annotated[float, "hits in percent of hits and misses, rounded to 2 places; 0.0 without a lookup"]


class Store(TypedDict):
    """perftrack's own store."""

    cache_status: Literal["in-memory", "shared-memory"]
    endpoints: Annotated[int, "endpoints held"]
    bytes: Annotated[int, "memory held for them: objects of this process, or the files of all workers"]


class CacheStats(TypedDict):
    """Registered caches and perftrack's own store."""

    caches: dict[str, CacheCounts]
    totals: CacheTotals
    store: Store
    timestamp: Moment


class WorkerStats(TypedDict):
    """One live worker's part of the requests."""

    worker: Annotated[int, "process id"]
    uptime_seconds: float
    total_requests: int
    share: Annotated[float, "percent of `total_requests`, rounded to 2 places; 0.0 without a request"]


class Included(TypedDict, total=False):
    """What `?include=` and `?workers=1` put into the stats."""

    health: Health
    series: Series
    slow: SlowQueries
    caches: CacheStats
    worker_stats: Annotated[list[WorkerStats], "by process id; ended workers are in the totals only"]


class Stats(Included):
    """Everything since `since`, and the last minute beside it."""

    total_requests: Annotated[int, "finished HTTP requests; the sum of `outcomes`"]
    total_errors: Annotated[int, "server errors, and client errors unless the setting `errors` is `server`"]
    error_rate: Annotated[float, "100 x total_errors / (total_requests - client_left), percent; 0.0 when empty"]
    slow_queries_count: Annotated[int, "requests whose duration exceeded `slow_query_threshold`"]
    requests_per_minute: Annotated[int, "finished in the current second and the 59 before it; exact"]
    uptime_seconds: Annotated[float, "since the start of the oldest member; a reset leaves it"]
    since: Annotated[str, "the last reset, or the start; ISO 8601, UTC"]
    timestamp: Moment
    in_flight: Annotated[int, "requests being served now, event streams included"]
    oldest_in_flight_seconds: Annotated[float | None, "age of the oldest, event streams aside; null when none"]
    lost_in_flight: Annotated[int, "requests cut off with a killed worker; in no outcome"]
    outcomes: Outcomes
    duration: Duration
    first_byte: Annotated[Timing, "arrival to just before the first piece of body; empty bodies have none"]
    queue: Annotated[Timing, "proxy to arrival, where its header is trusted"]
    background: Annotated[Timing, "work after the last byte: last byte to the app's return"]
    streams: Streams
    websockets: WebSockets
    last_minute: LastMinute
    relative_error: Annotated[float, "largest relative error of a percentile"]
    scope: Literal["process", "host"]
    workers: Annotated[int, "live workers that have seen a request"]
    warnings: list[str]
    endpoint_stats: dict[str, EndpointStats]
    recent_slow_queries: Annotated[list[SlowQuery], "newest first"]


class Reset(TypedDict):
    """The answer to a reset."""

    status: Literal["reset"]
    timestamp: Moment


class SignedIn(TypedDict):
    """The answer to a sign-in; the session itself is in a cookie."""

    status: Literal["signed in"]
    role: Annotated[Literal["admin", "viewer"], "a viewer may look and not reset"]
    expires: Moment


class SignedOut(TypedDict):
    """The answer to a sign-out."""

    status: Literal["signed out"]


class Problem(TypedDict):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
