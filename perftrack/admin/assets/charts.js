/** Charts over time: each a drawing, its values at one moment, and the table behind it. One crosshair is for all. */

import { behind, byId, html, replace, say, set, svg, wideTable } from "./dom.js";
import { Plot } from "./draw.js";
import { clock } from "./format.js";

const HEIGHT = 190;
const BACK = { ArrowLeft: -1, ArrowDown: -1, PageDown: -6, Home: -Infinity };
const STEPS = { ArrowRight: 1, ArrowUp: 1, PageUp: 6, End: Infinity, ...BACK };

const charts = [];
let series = { slots: [] };
let slots = [];
let pointed = null; // the index of the slot under the crosshair

/**
 * Makes the chart in the figure with this id. A *kind* has a name, `keys` `{name, kind, text(slot, series)}`, and
 * `draw(plot, slots, series)`; `columns(series)` are those of its table, where they are not the keys.
 */
export function makeChart(id, kind) {
  const picture = svg("svg", { "aria-hidden": "true" });
  const slider = { role: "slider", tabindex: 0, "aria-label": `${kind.name}: values at a moment`, "aria-valuenow": 0 };
  const chart = {
    kind,
    picture,
    line: svg("path", { class: "crosshair" }),
    moment: html("span", { class: "moment" }),
    values: kind.keys.map(() => html("b", {}, "–")),
    area: html("div", { class: "plot", ...slider }, picture),
    behind: behind(html("div")),
  };
  charts.push(chart);
  byId(id).append(legend(chart), chart.area, chart.behind);
  chart.behind.addEventListener("toggle", () => fillTable(chart));
  listen(chart);
  new ResizeObserver(() => draw(chart)).observe(chart.area);
}

/** Shows *wanted* slots of a series in all charts. */
export function showCharts(found, wanted) {
  [series, slots] = [found, wanted];
  for (const chart of charts) {
    draw(chart);
    if (chart.behind.open) fillTable(chart);
  }
}

/** Writes the tables behind all charts. */
export const fillTables = () => charts.forEach(fillTable);

function legend({ kind, moment, values }) {
  const keys = kind.keys.map(({ name, kind }, at) => {
    const sample = svg("svg", { class: `sample ${kind}`, "aria-hidden": "true" }, svg("path", { d: "M0 5H16" }));
    return html("span", {}, ...(kind ? [sample] : []), `${name} `, values[at]);
  });
  return html("p", { class: "legend" }, ...keys, moment);
}

/** Newest first. */
function fillTable({ kind, behind }) {
  const columns = kind.columns?.(series) ?? kind.keys;
  const rows = slots.map((slot) => [clock(slot.timestamp), ...columns.map(({ text }) => text(slot, series))]);
  const titles = ["Ten seconds from", ...columns.map(({ name }) => name)];
  replace(behind.lastChild, wideTable(`${kind.name}, as a table`, titles, rows.reverse()));
}

function draw(chart) {
  if (!slots.length) return;
  chart.plot = new Plot(chart.area.clientWidth || 600, HEIGHT);
  set(chart.picture, "viewBox", `0 0 ${chart.plot.width} ${HEIGHT}`);
  set(chart.area, "aria-valuemax", slots.length - 1);
  const seen = slots.some(({ requests }) => requests);
  const drawing = seen ? chart.kind.draw(chart.plot, slots, series) : nothing(chart.plot);
  chart.picture.replaceChildren(...drawing, ...moments(chart.plot), chart.line);
  showMoment(chart);
}

function nothing(plot) {
  const place = { x: plot.x(0.5), y: plot.y(0.5), "text-anchor": "middle" };
  return [...plot.grid([0], Number, () => ""), svg("text", place, "No request finished in this time.")];
}

/** Marks full minutes, at most about six. */
function moments(plot) {
  const start = Date.parse(slots[0].timestamp);
  const length = 1000 * series.slot_seconds * slots.length;
  const step = 60_000 * [1, 5, 10, 15].find((minutes) => length / (60_000 * minutes) <= 6);
  const first = Math.ceil(start / step) * step;
  const marks = Array.from({ length: Math.floor((start + length - first) / step) + 1 }, (_, at) => first + at * step);
  const share = (moment) => (moment - start) / length;
  return plot.below(marks, share, (moment) => clock(moment).slice(-8, -3));
}

function listen({ area }) {
  area.addEventListener("pointermove", (event) => point(slotAt(event, area)));
  for (const event of ["pointerleave", "blur"]) area.addEventListener(event, () => point(null));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") point(null);
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    point(inside((pointed ?? slots.length - 1) + STEPS[event.key]));
  });
}

function slotAt({ clientX }, area) {
  const { left, right } = new Plot(area.clientWidth, HEIGHT);
  const share = (clientX - area.getBoundingClientRect().left - left) / (right - left);
  return inside(Math.floor(share * slots.length));
}

const inside = (at) => Math.min(slots.length - 1, Math.max(0, at));

function point(at) {
  if (at === pointed) return;
  pointed = at;
  charts.forEach(showMoment);
}

/** Shows the values under the crosshair; without it, those of the newest complete slot. */
function showMoment({ kind, plot, line, moment, values, area }) {
  const at = pointed === null ? slots.length - 2 : inside(pointed);
  const slot = slots[at];
  if (!slot || !plot) return;
  const when = clock(slot.timestamp);
  const texts = kind.keys.map(({ text }) => text(slot, series));
  texts.forEach((text, key) => say(values[key], text));
  say(moment, when);
  const middle = plot.x((at + 0.5) / slots.length);
  set(line, "d", pointed === null ? null : `M${middle} ${plot.top}V${plot.bottom}`);
  set(area, "aria-valuenow", at);
  set(area, "aria-valuetext", `${when}: ${texts.map((text, key) => `${kind.keys[key].name} ${text}`).join(", ")}`);
}
