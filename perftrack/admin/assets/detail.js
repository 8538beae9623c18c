/** One endpoint in full, in a dialog that the address can ask for. */

import { bars, behind, byId, figures, html, none, on, replace, say, svg, wideTable } from "./dom.js";
import { linearTicks, logScale, Plot } from "./draw.js";
import { count, duration, shown, span, words } from "./format.js";
import { COLUMNS } from "./endpoints.js";
import { ask } from "./numbers.js";
import { slowTable } from "./slow.js";
import { look, view } from "./view.js";

const KINDS = { 1: "ok", 2: "ok", 3: "ok", 4: "client_error", 5: "server_error" };
const HEIGHT = 200;
const FINEST = 64; // buckets an octave, as the server counts
const DRAWN = 8; // bars an octave

/** Makes the dialog close: by its button, by Escape, by a click beside it. */
export function makeDetail() {
  const dialog = byId("detail");
  on("detail-close", "click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => look({ endpoint: "" }, true));
}

/** Shows the endpoint that the view asks for. */
export async function showDetail(stats) {
  const wanted = view().endpoint;
  const dialog = byId("detail");
  if (!wanted) return dialog.close();
  if (byId("detail-name").textContent !== wanted) {
    say(byId("detail-name"), wanted);
    tell("Loading …");
    dialog.ariaBusy = "true";
  }
  if (!dialog.open) dialog.showModal();
  const name = Object.keys(stats.endpoint_stats).find((each) => shown(each) === wanted);
  if (name === undefined) return tell("No request to this endpoint has finished since counting began.");
  try {
    const detail = await ask(addressOf(name));
    if (view().endpoint === wanted) fill(detail);
  } catch ({ message }) {
    // What has been shown before stays; the page says that it is stale.
    if (dialog.ariaBusy) tell(`Not to be had: ${message}.`);
  }
}

/** A name can hold bytes that are no text: those stand as U+DC80…U+DCFF. */
function addressOf(name) {
  const encoded = [...name].map((char) => {
    const point = char.codePointAt(0);
    if (point >= 0xdc80 && point <= 0xdcff) return `%${(point - 0xdc00).toString(16)}`;
    return encodeURIComponent(char.toWellFormed());
  });
  return `endpoint?name=${encoded.join("")}`;
}

function tell(text) {
  byId("detail").ariaBusy = null;
  byId("detail-body").replaceChildren(none(text));
}

function fill({ stats, buckets, recent_slow_queries: slow }) {
  const body = byId("detail-body");
  byId("detail").ariaBusy = null;
  replace(
    body,
    figures(COLUMNS.map(([field, title, text]) => [title, text(stats[field])])),
    part("Durations", buckets.length && histogram(joined(buckets), stats, body.clientWidth), "No timed request."),
    part("First byte against last byte", stats.first_byte.count && firstAgainstLast(stats), "No first byte was seen."),
    part("Outcomes", [counted("Outcome", stats.outcomes, (name) => name)]),
    part("Status codes", [counted("Status", stats.status, (name) => KINDS[name[0]] ?? "client_left")]),
    part("Slow requests", slow.length && [slowTable("Slow requests of this endpoint", slow, false)], "None kept."),
  );
}

function part(title, contents, otherwise) {
  return html("section", {}, html("h3", {}, title), ...(contents || [none(otherwise)]));
}

function firstAgainstLast({ first_byte: first, avg_duration, max_duration }) {
  const items = [
    ["first byte, mean", first.avg, "first"],
    ["last byte, mean", avg_duration, "ok"],
    ["first byte, largest", first.max, "first"],
    ["last byte, largest", max_duration, "ok"],
  ];
  const rows = items.map(([name, value, kind]) => [name, value, duration(value), kind]);
  return [bars("First byte against last byte", ["Reading", "Duration"], rows)];
}

function counted(title, counts, kind) {
  const rows = Object.entries(counts).map(([name, value]) => [shown(words(name)), value, count(value), kind(name)]);
  return bars(`Requests by ${title.toLowerCase()}`, [title, "Requests"], rows);
}

/** Draws how the durations are distributed, with the percentiles marked. */
function histogram(columns, stats, width) {
  const plot = new Plot(width, HEIGHT);
  const scale = logScale(columns[0].low, columns.at(-1).high);
  const ticks = linearTicks(Math.max(...columns.map(({ number }) => number)));
  const share = (value) => value / ticks.at(-1);
  const box = ({ low, high, number }) => plot.box(scale.at(low), scale.at(high), 0, share(number));
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" },
    ...plot.grid(ticks, share, count),
    ...plot.below(scale.ticks, scale.at, span),
    svg("path", { class: "area ok", d: columns.map(box).join("") }),
    ...["p50", "p95", "p99"].flatMap((name, at) => mark(plot, scale, name, stats[`${name}_duration`], at)),
  );
  const rows = columns.map(({ low, high, number }) => [duration(low), duration(high), count(number)]);
  const numbers = wideTable("Requests by duration, as a table", ["Over", "To", "Requests"], rows);
  return [html("div", { class: "plot" }, picture), behind(numbers)];
}

function mark(plot, scale, name, value, at) {
  const x = plot.x(scale.at(value));
  const late = x > (plot.left + plot.right) / 2;
  const place = { x: late ? x - 4 : x + 4, y: plot.top + 12 + 14 * at, "text-anchor": late ? "end" : "start" };
  return [
    svg("path", { class: `curve ${name}`, d: `M${x} ${plot.top}V${plot.bottom}` }),
    svg("text", { class: "mark", ...place }, `${name} ${duration(value)}`),
  ];
}

/** Joins the server's fine buckets to bars that can be seen. */
function joined(buckets) {
  const columns = new Map();
  for (const [, upper, number] of buckets) {
    const index = Math.floor(((Math.round(FINEST * Math.log2(upper)) - 1) * DRAWN) / FINEST);
    const column = columns.get(index) ?? { low: 2 ** (index / DRAWN), high: 2 ** ((index + 1) / DRAWN), number: 0 };
    column.number += number;
    columns.set(index, column);
  }
  return [...columns.values()].sort((one, other) => one.low - other.low);
}
