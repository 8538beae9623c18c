/** What each tile says: its number, a note below it, what its line follows, and what its change compares. */

import { clock, count, duration, percent, span, uptime } from "./format.js";
import { errorRate, largest, sum, weighted } from "./series.js";

const requests = (slots) => sum(slots, "requests");

/**
 * `line` gives a value for each slot, `measure` one for a span of slots; `worse` is 1 where more is worse, 0 where it
 * only is different; `unit` says how two values are compared.
 */
export const TILES = [
  {
    id: "requests",
    name: "Requests",
    worse: 0,
    unit: "percent",
    what: "HTTP requests that have finished since counting began.",
    value: (stats) => count(stats.total_requests),
    note: (stats) => `${count(stats.total_errors)} errors`,
    line: (slot) => slot.requests,
    measure: requests,
  },
  {
    id: "rpm",
    name: "Per minute",
    worse: 0,
    unit: "percent",
    what: "Requests that finished in the last 60 seconds, counted one by one.",
    value: (stats) => count(stats.requests_per_minute),
    note: (stats) => `${(stats.requests_per_minute / 60).toFixed(1)} a second`,
    line: (slot, at, slots) => (at < 5 ? null : requests(slots.slice(at - 5, at + 1))),
    measure: requests,
  },
  {
    id: "error-rate",
    name: "Error rate",
    worse: 1,
    unit: "points",
    what: "Failed requests in percent, of the last minute; below it, since counting began. Clients that left are no failure.",
    value: (stats) => percent(stats.last_minute.error_rate),
    note: (stats) => `${percent(stats.error_rate)} overall`,
    line: (slot) => errorRate([slot]),
    measure: errorRate,
  },
  {
    id: "slow",
    name: "Slow",
    worse: 1,
    unit: "number",
    what: "Requests that lasted longer than the threshold, since counting began.",
    value: (stats) => count(stats.slow_queries_count),
    note: (stats) => `over ${span(stats.slow.slow_query_threshold)}`,
    line: (slot) => slot.slow,
    measure: (slots) => sum(slots, "slow"),
  },
  {
    id: "in-flight",
    name: "In flight",
    worse: 1,
    unit: "number",
    what: "Requests being served at this moment, and the age of the oldest. The line and the change follow the peaks.",
    value: (stats) => count(stats.in_flight),
    note: inFlight,
    line: (slot) => slot.in_flight_peak ?? 0,
    measure: (slots) => largest(slots, "in_flight_peak"),
  },
  percentile("p50", "Half of the requests of the last minute were faster than this"),
  percentile("p95", "19 of 20 requests of the last minute were faster than this"),
  percentile("p99", "99 of 100 requests of the last minute were faster than this"),
  {
    id: "workers",
    name: "Workers",
    worse: 0,
    unit: "percent",
    what: "Live processes that have served a request. The line and the change follow the mean number of requests at once.",
    value: (stats) => count(stats.workers),
    note: (stats) => (stats.scope === "process" ? "this process" : "on this host"),
    line: (slot) => slot.busy_seconds,
    measure: (slots) => sum(slots, "busy_seconds"),
  },
  {
    id: "uptime",
    name: "Uptime",
    worse: 0,
    unit: "percent",
    what: "Since the oldest worker started. A reset does not change it; the counts begin anew.",
    value: (stats) => uptime(stats.uptime_seconds),
    note: (stats) => `counted since ${clock(stats.since)}`,
  },
];

function percentile(name, meaning) {
  return {
    id: name,
    name,
    worse: 1,
    unit: "percent",
    what: `${meaning}; below it, since counting began. The change compares means of ten-second values.`,
    value: (stats) => duration(stats.last_minute[name]),
    note: (stats) => `${duration(stats.duration[name])} overall`,
    line: (slot) => slot[name],
    measure: (slots) => weighted(slots, name),
  };
}

function inFlight(stats) {
  const lost = stats.lost_in_flight ? `, ${count(stats.lost_in_flight)} lost` : "";
  const oldest = stats.oldest_in_flight_seconds;
  return (oldest === null ? "idle" : `oldest ${duration(oldest)}`) + lost;
}
