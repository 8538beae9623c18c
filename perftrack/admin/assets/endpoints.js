/** The table of endpoints. No row ever moves: what is in it changes, and only where it differs, over several frames. */

import { bar, byId, html, on, say, set } from "./dom.js";
import { drawSpark, sparkline } from "./draw.js";
import { apdex, count, duration, percent, shown } from "./format.js";
import { linkTo, look, view } from "./view.js";

/** The fields of an endpoint in `/stats`, each with its title and how it is written. */
export const COLUMNS = [
  ["total_requests", "Requests", count],
  ["requests_per_minute", "Per min", count],
  ["error_rate", "Errors", percent],
  ["avg_duration", "Avg", duration],
  ["p50_duration", "p50", duration],
  ["p95_duration", "p95", duration],
  ["p99_duration", "p99", duration],
  ["max_duration", "Max", duration],
  ["slow_queries_count", "Slow", count],
  ["time_share", "Time share", (share) => percent(share, 1)],
  ["apdex", "Apdex", apdex],
];
const KEPT = {
  all: () => true,
  failing: (row) => row.total_errors > 0,
  slow: (row) => row.slow_queries_count > 0,
  busy: (row) => row.requests_per_minute > 0,
};
const EMPTY = "Nothing yet. Endpoints appear with their first request.";
const NO_MATCH = "No endpoint matches. Clear the search or show all.";
const MANY = 40; // with more, rows out of sight are not laid out
const FRAME_MS = 4; // of a frame are for rows

const body = html("tbody");
const heads = new Map();
const rows = [];
let frame = 0;

/** Makes the empty table and its controls. */
export function makeEndpoints() {
  const titles = [["name", "Endpoint"], ...COLUMNS].map(head);
  byId("endpoints").append(html("thead", {}, html("tr", {}, ...titles)), body);
  body.addEventListener("click", openRow);
  on("search", "input", ({ target }) => look({ search: target.value }));
  on("only", "change", ({ target }) => look({ only: target.value }));
}

/** Shows the endpoints of *stats* that the view asks for. */
export function showEndpoints(stats) {
  const wanted = view();
  const all = Object.entries(stats.endpoint_stats).map(([name, row]) => ({ ...row, name, shown: shown(name) }));
  const some = chosen(all, wanted);
  const focused = rows.find(({ link }) => link === document.activeElement)?.name;
  showControls(wanted, some.length, all.length);
  inFrames(Math.max(some.length, rows.length), (at) => {
    rows[at] ??= made();
    if (at >= some.length) return rows[at].node.remove();
    fill(rows[at], some[at]);
    if (some[at].name === focused) rows[at].link.focus({ preventScroll: true });
  });
}

function chosen(all, { only, search, sort, up }) {
  const keep = KEPT[only] ?? KEPT.all;
  const found = all.filter((row) => keep(row) && row.shown.toLowerCase().includes(search.toLowerCase()));
  const field = heads.has(sort) ? sort : "time_share";
  return found.sort((one, other) => inOrder(one[field], other[field], up) || inOrder(one.name, other.name, "1"));
}

/** Compares two values; what has none comes last, whichever the direction. */
function inOrder(one, other, up) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (one === other) return 0;
  return one < other === Boolean(up) ? -1 : 1;
}

/** Does *work* for 0 up to *count*, over as many frames as it takes; a later call replaces this one. */
function inFrames(count, work) {
  let next = 0;
  const piece = () => {
    const end = performance.now() + FRAME_MS;
    while (next < count && performance.now() < end) work(next++);
    if (next < count) frame = requestAnimationFrame(piece);
  };
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(piece);
}

function head([field, title]) {
  const button = html("button", { type: "button" }, title);
  button.addEventListener("click", () => {
    const { sort, up } = view();
    const usual = field === "name" ? "1" : "";
    look({ sort: field, up: sort !== field ? usual : up ? "" : "1" });
  });
  heads.set(field, html("th", { scope: "col", class: field }, button));
  return heads.get(field);
}

function showControls({ sort, up, search, only }, some, all) {
  for (const [field, node] of heads) set(node, "aria-sort", field === sort && (up ? "ascending" : "descending"));
  if (document.activeElement !== byId("search")) byId("search").value = search;
  byId("only").value = only;
  set(byId("endpoints"), "data-many", all > MANY);
  say(byId("found"), some === all ? `${count(all)} in all` : `${count(some)} of ${count(all)}`);
  say(byId("no-endpoints"), all ? NO_MATCH : EMPTY);
  byId("no-endpoints").hidden = some > 0;
}

/** Makes a row that any endpoint can be written into. */
function made() {
  const name = html("code");
  const link = html("a", {}, html("bdi", {}, name));
  const texts = COLUMNS.map(() => document.createTextNode(""));
  const pictures = { requests_per_minute: [sparkline()], time_share: [bar(0)] };
  const cells = COLUMNS.map(([field], at) => html("td", { class: field }, texts[at], ...(pictures[field] ?? [])));
  const node = html("tr", {}, html("th", { scope: "row" }, link), ...cells);
  const [[spark], [share]] = Object.values(pictures);
  return { node, code: name, link, texts, spark, share: share.firstChild };
}

/** Writes an endpoint into a row. */
function fill(known, row) {
  known.name = row.name;
  say(known.code, row.shown);
  set(known.code, "title", row.shown);
  set(known.link, "href", linkTo(row.name));
  COLUMNS.forEach(([field, , text], at) => say(known.texts[at], text(row[field])));
  set(known.share, "width", `${row.time_share}%`);
  set(known.node, "data-failing", row.total_errors > 0);
  drawSpark(known.spark, row.rpm_series);
  if (!known.node.isConnected) body.append(known.node);
}

/** A click anywhere in a row is one on its link, unless somebody is marking text. */
function openRow({ target }) {
  if (!target.closest("a") && !String(getSelection())) target.closest("tr").querySelector("a").click();
}
