/** The table of endpoints. Rows change in place and only where they differ; hundreds of them are spread over frames. */

import { COLUMNS, chosen } from "./columns.js";
import { bar, byId, code, element, say, set } from "./dom.js";
import { count, shown } from "./format.js";
import { Frames } from "./frames.js";
import { draw, sparkline } from "./sparkline.js";
import { linkTo, look, view } from "./view-in-url.js";

const body = element("tbody");
const heads = new Map();
const rows = new Map();
const frames = new Frames();

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
  showControls(wanted, some.length, all.length);
  let place = body.firstChild;
  const write = (row) => {
    place = put(written(row), place);
  };
  frames.run(some, write, () => {
    while (place) [place] = [place.nextSibling, place.remove()];
    for (const name of rows.keys()) if (!(name in stats.endpoint_stats)) rows.delete(name);
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
  say(byId("found"), some === all ? `${count(all)} in all` : `${count(some)} of ${count(all)}`);
  byId("no-endpoints").hidden = some > 0;
  say(byId("no-endpoints"), all ? "No endpoint matches. Clear the search or show all." : "Nothing yet. Endpoints appear with their first request.");
}

/** Puts *node* where *place* is, and returns the place after it. */
function put(node, place) {
  if (node === place) return node.nextSibling;
  if (node.previousSibling === place && place) {
    // Most often one row has sunk: moving it moves one, moving all that rose above it would move hundreds.
    move(place, null);
    return node.nextSibling;
  }
  move(node, place);
  return place;
}

function move(node, before) {
  const focused = document.activeElement;
  body.insertBefore(node, before);
  if (node.contains(focused)) focused.focus({ preventScroll: true });
}

/** Returns the row of an endpoint with its present numbers. */
function written(row) {
  const known = rows.get(row.name) ?? made(row);
  known.texts.forEach((text, at) => say(text, COLUMNS[at + 1].text(row)));
  set(known.link, "href", linkTo({ endpoint: row.shown }));
  set(known.share, "width", `${row.time_share}%`);
  set(known.node, "data-failing", row.total_errors > 0);
  const line = row.rpm_series.join();
  if (line !== known.line) draw(known.spark, row.rpm_series);
  known.line = line;
  return known.node;
}

function made(row) {
  const link = element("a", {}, code(row.name));
  const [spark, share] = [sparkline(), bar(0)];
  const texts = COLUMNS.slice(1).map(() => document.createTextNode(""));
  const cells = texts.map((text, at) => element("td", { class: COLUMNS[at + 1].field }, text));
  const pictures = { spark, bar: share };
  COLUMNS.slice(1).forEach(({ picture }, at) => picture && cells[at].append(pictures[picture]));
  const node = element("tr", {}, element("th", { scope: "row" }, link), ...cells);
  rows.set(row.name, { node, texts, link, spark, share: share.firstChild, line: "" });
  return rows.get(row.name);
}

/** A click anywhere in a row is one on its link, unless somebody is marking text. */
function openRow(event) {
  if (event.target.closest("a") || String(getSelection())) return;
  event.target.closest("tr").querySelector("a").click();
}
