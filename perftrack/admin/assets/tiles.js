/** The tiles: one number each, what it means, and where it goes. */

import { byId, html, on, say, set } from "./dom.js";
import { drawSpark, sparkline } from "./draw.js";
import { clock, count, duration, NOTHING, percent, span, uptime } from "./format.js";

const COMPARED_SECONDS = [900, 300, 120, 60, 30];
const MOST_POINTS = 45; // of a line, which is hardly wider than a word

// `line` gives a value for a slot, `measure` one for a span of them; `unit` says how two values are compared, and
// `worse` is 1 where more is worse.
const TILES = [
  {
    id: "requests",
    name: "Requests",
    what: "HTTP requests that have finished since counting began.",
    value: (stats) => count(stats.total_requests),
    note: (stats) => `${count(stats.total_errors)} errors`,
    ...follows("requests"),
  },
  {
    id: "rpm",
    name: "Per minute",
    what: "Requests that finished in the last 60 seconds, counted one by one.",
    value: (stats) => count(stats.requests_per_minute),
    note: (stats) => `${(stats.requests_per_minute / 60).toFixed(1)} a second`,
    ...follows("requests"),
    line: (slot, at, slots) => (at < 5 ? null : sum(slots.slice(at - 5, at + 1), "requests")),
  },
  {
    id: "error-rate",
    name: "Error rate",
    what: "Failed requests of the last minute; below it, since counting began. Clients that left are no failure.",
    value: (stats) => percent(stats.last_minute.error_rate),
    note: (stats) => `${percent(stats.error_rate)} overall`,
    line: (slot) => errorRate([slot]),
    measure: errorRate,
    unit: "points",
    worse: 1,
  },
  {
    id: "slow",
    name: "Slow",
    what: "Requests that lasted longer than the threshold, since counting began.",
    value: (stats) => count(stats.slow_queries_count),
    note: (stats) => `over ${span(stats.slow.slow_query_threshold)}`,
    ...follows("slow", sum, 1, "number"),
  },
  {
    id: "in-flight",
    name: "In flight",
    what: "Requests being served at this moment, and the age of the oldest. The line and the change follow the peaks.",
    value: (stats) => count(stats.in_flight),
    note: inFlight,
    ...follows("in_flight_peak", largest, 1, "number"),
  },
  percentile("p50", "Half"),
  percentile("p95", "19 of 20"),
  percentile("p99", "99 of 100"),
  {
    id: "workers",
    name: "Workers",
    what: "Live processes that have served a request. Line and change follow the mean number of requests at once.",
    value: (stats) => count(stats.workers),
    note: (stats) => (stats.scope === "process" ? "this process" : "on this host"),
    ...follows("busy_seconds"),
  },
  {
    id: "uptime",
    name: "Uptime",
    what: "Since the oldest worker started. A reset does not change it; the counts begin anew.",
    value: (stats) => uptime(stats.uptime_seconds),
    note: (stats) => `counted since ${clock(stats.since)}`,
  },
];

const parts = new Map();

/** Makes the tiles, still without numbers. */
export function makeTiles() {
  byId("tiles").replaceChildren(...TILES.map(make));
  // What is shown on hover must be dismissable without moving the pointer (WCAG 1.4.13).
  addEventListener("keydown", ({ key }) => key === "Escape" && set(byId("tiles"), "data-quiet", true));
  for (const event of ["pointerover", "focusin"]) {
    on("tiles", event, () => set(byId("tiles"), "data-quiet", null));
  }
}

/** Shows the numbers, the lines of *slots*, and the change between two spans as long as the window of *seconds*. */
export function showTiles(stats, slots, seconds) {
  const spans = neighbours(stats.series, seconds, stats.since);
  const complete = slots.slice(0, -1);
  for (const { id, value, note, line, measure, unit, worse } of TILES) {
    const [shownChange, shownValue, picture, shownNote] = parts.get(id);
    say(shownValue, value(stats));
    say(shownNote, note(stats));
    if (!line) continue;
    drawSpark(picture.firstChild, thinned(complete.map(line)));
    const [now, before] = spans ? [measure(spans.now), measure(spans.before)] : [null, null];
    const change = compared(now, before, unit);
    say(shownChange, change);
    set(shownChange, "data-tone", worse && { "▲": "bad", "▼": "good" }[change[0]]);
  }
  const length = spans && span(spans.seconds);
  say(byId("compared"), spans ? `Changes: the last ${length} against the ${length} before.` : "");
}

/** Returns two neighbouring spans of complete slots to compare, as long as there are numbers for; null for none. */
export function neighbours({ timestamp, slot_seconds, slots }, seconds, since) {
  const covered = (Date.parse(timestamp) - Date.parse(since)) / 1000 - slot_seconds;
  const length = COMPARED_SECONDS.find((each) => each <= Math.min(seconds, covered / 2));
  if (!length) return null;
  const size = length / slot_seconds;
  return { seconds: length, now: slots.slice(-size - 1, -1), before: slots.slice(-2 * size - 1, -size - 1) };
}

function sum(slots, field) {
  return slots.reduce((total, slot) => total + slot[field], 0);
}

function largest(slots, field) {
  return Math.max(...slots.map((slot) => slot[field]));
}

/** The mean weighted by requests is the nearest to a percentile that slots allow. */
function weighted(slots, field) {
  const seen = slots.filter((slot) => slot[field] !== null);
  const total = seen.reduce((total, slot) => total + slot[field] * slot.requests, 0);
  return seen.length ? total / sum(seen, "requests") : null;
}

/** Clients that left are not judged. */
function errorRate(slots) {
  const judged = sum(slots, "requests") - sum(slots, "client_left");
  return judged ? (100 * sum(slots, "errors")) / judged : null;
}

function follows(field, measure = sum, worse = 0, unit = "percent") {
  return { line: (slot) => slot[field], measure: (slots) => measure(slots, field), unit, worse };
}

function percentile(name, meaning) {
  return {
    id: name,
    name,
    what:
      `${meaning} of the requests of the last minute were faster than this; below it, since counting began. ` +
      "The change compares means of ten-second values.",
    value: (stats) => duration(stats.last_minute[name]),
    note: ({ duration: all }) => (all.count ? `${duration(all[name])} overall` : "nothing timed yet"),
    ...follows(name, weighted, 1),
  };
}

function inFlight(stats) {
  const lost = stats.lost_in_flight ? `, ${count(stats.lost_in_flight)} lost` : "";
  const oldest = stats.oldest_in_flight_seconds;
  return (oldest === null ? "idle" : `oldest ${duration(oldest)}`) + lost;
}

function make({ id, name, what, line }) {
  const label = html("button", { type: "button", class: "what", "aria-describedby": `what-${id}` }, name);
  const hint = html("span", { role: "tooltip", id: `what-${id}` }, what);
  const contents = { change: "", value: NOTHING, picture: line ? sparkline() : "", note: "" };
  const made = Object.entries(contents).map(([kind, content]) => html("dd", { class: kind }, content));
  parts.set(id, made);
  return html("div", { class: "tile panel", id: `tile-${id}` }, html("dt", {}, label, hint), ...made);
}

/** Returns the means of neighbouring values, where there are more than a line can show. */
function thinned(values) {
  const size = Math.ceil(values.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => {
    const some = values.slice(at * size, (at + 1) * size).filter((value) => value !== null);
    return some.length ? some.reduce((total, value) => total + value, 0) / some.length : null;
  });
}

function compared(now, before, unit) {
  if (now === null || before === null) return "";
  const size = amount(now, before, unit);
  return size === "0" ? "steady" : `${now > before ? "▲" : "▼"} ${size}`;
}

function amount(now, before, unit) {
  const difference = Math.abs(now - before);
  if (unit === "number") return count(difference);
  if (unit === "points") return difference < 0.05 ? "0" : `${difference.toFixed(1)} pt`;
  if (before === 0) return now ? "from 0" : "0";
  const rate = Math.round((100 * difference) / before);
  if (rate === 0) return "0";
  return now / before >= 10 ? `×${count(Math.round(now / before))}` : `${rate} %`;
}
