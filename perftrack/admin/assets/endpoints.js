/**
 * The table of endpoints. No row ever moves: what is in it changes, and only where it differs, so that the browser lays
 * out the few rows in sight and nothing else. Hundreds of rows are written over several frames.
 */

import { COLUMNS, chosen } from "./columns.js";
import { bar, byId, element, say, set } from "./dom.js";
import { count, shown } from "./format.js";
import { Frames } from "./frames.js";
import { draw, sparkline } from "./sparkline.js";
import { linkTo, look, view } from "./view-in-url.js";

const body = element("tbody");
const heads = new Map();
const rows = [];
const frames = new Frames();
const MANY = 40; // endpoints; with more, rows out of sight are not laid out
const SPARK_CELL = COLUMNS.findIndex(({ field }) => field === "requests_per_minute") - 1;
const SHARE_CELL = COLUMNS.findIndex(({ field }) => field === "time_share") - 1;

/** Makes the empty table and its controls. */
export function makeEndpoints() {
  const titles = element("tr", {}, ...COLUMNS.map(head));
  byId("endpoints").append(element("thead", {}, titles), body);
  body.addEventListener("click", openRow);
  byId("search").addEventListener("input", ({ target }) => look({ search: target.value }));
  byId("only").addEventListener("change", ({ target }) => look({ only: target.value }));
}

/** Shows the endpoints of *stats* that the view asks for. */
export function showEndpoints(stats) {
  const wanted = view();
  const all = Object.entries(stats.endpoint_stats).map(([name, row]) => ({ ...row, name, shown: shown(name) }));
  const some = chosen(all, wanted);
  const focused = rows.find(({ link }) => link === document.activeElement)?.name;
  showControls(wanted, some.length, all.length);
  frames.run(Math.max(some.length, rows.length), (at) => {
    rows[at] ??= made();
    if (at >= some.length) {
      rows[at].node.remove();
      return;
    }
    fill(rows[at], some[at]);
    if (some[at].name === focused) rows[at].link.focus({ preventScroll: true });
  });
}

function head({ field, title }) {
  const button = element("button", { type: "button" }, title);
  button.addEventListener("click", () => {
    const { sort, up } = view();
    const usual = field === "name" ? "1" : "";
    look({ sort: field, up: sort !== field ? usual : up ? "" : "1" });
  });
  heads.set(field, element("th", { scope: "col", class: field }, button));
  return heads.get(field);
}

function showControls({ sort, up, search, only }, some, all) {
  for (const [field, node] of heads) set(node, "aria-sort", field === sort && (up ? "ascending" : "descending"));
  if (document.activeElement !== byId("search")) byId("search").value = search;
  byId("only").value = only;
  set(byId("endpoints"), "data-many", all > MANY);
  say(byId("found"), some === all ? `${count(all)} in all` : `${count(some)} of ${count(all)}`);
  byId("no-endpoints").hidden = some > 0;
  say(
    byId("no-endpoints"),
    all
      ? "No endpoint matches. Clear the search or show all."
      : "Nothing yet. Endpoints appear with their first request.",
  );
}

/** Makes a row that any endpoint can be written into. */
function made() {
  const name = element("code");
  const link = element("a", {}, element("bdi", {}, name));
  const [spark, share] = [sparkline(), bar(0)];
  const texts = COLUMNS.slice(1).map(() => document.createTextNode(""));
  const cells = texts.map((text, at) => element("td", { class: COLUMNS[at + 1].field }, text));
  cells[SPARK_CELL].append(spark);
  cells[SHARE_CELL].append(share);
  const node = element("tr", {}, element("th", { scope: "row" }, link), ...cells);
  return { node, code: name, link, texts, spark, share: share.firstChild };
}

/** Writes an endpoint into a row. */
function fill(known, row) {
  known.name = row.name;
  say(known.code, row.shown);
  set(known.code, "title", row.shown);
  set(known.link, "href", linkTo(row.name));
  known.texts.forEach((text, at) => say(text, COLUMNS[at + 1].text(row)));
  set(known.share, "width", `${row.time_share}%`);
  set(known.node, "data-failing", row.total_errors > 0);
  const line = row.rpm_series.join();
  if (line !== known.line) draw(known.spark, row.rpm_series);
  known.line = line;
  if (!known.node.isConnected) body.append(known.node);
}

/** A click anywhere in a row is one on its link, unless somebody is marking text. */
function openRow(event) {
  if (event.target.closest("a") || String(getSelection())) return;
  event.target.closest("tr").querySelector("a").click();
}
