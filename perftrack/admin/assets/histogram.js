/** How the durations of one endpoint are distributed, with the percentiles marked. */

import { drawn, element, scrolling, table } from "./dom.js";
import { count, duration, span } from "./format.js";
import { Plot } from "./plot.js";
import { linearTicks, logScale } from "./scale.js";

const HEIGHT = 200;
const FINEST = 64; // buckets an octave, as the server counts
const DRAWN = 8; // bars an octave
const MARKS = ["p50", "p95", "p99"];

/** Returns the drawing of a detail, *width* pixels wide, and the table behind it. */
export function histogram({ buckets, stats }, width) {
  const columns = joined(buckets);
  const plot = new Plot(width, HEIGHT);
  const scale = logScale(columns[0].low, columns.at(-1).high);
  const counts = linearTicks(Math.max(...columns.map((column) => column.count)));
  const top = counts.at(-1);
  const boxes = columns.map(({ low, high, count }) => plot.box(scale.at(low), scale.at(high) - 0.001, 0, count / top));
  const svg = drawn(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" },
    ...plot.grid(counts.map((value) => ({ at: value / top, text: count(value) }))),
    ...plot.below(scale.ticks.map((value) => ({ at: scale.at(value), text: span(value) }))),
    drawn("path", { class: "area ok", d: boxes.join("") }),
    ...MARKS.flatMap((name, at) => mark(plot, scale, name, stats[`${name}_duration`], at)),
  );
  return [element("div", { class: "plot" }, svg), behind(columns)];
}

function mark(plot, scale, name, value, at) {
  const x = plot.x(scale.at(value));
  const late = x > (plot.left + plot.right) / 2;
  const place = {
    x: late ? x - 4 : x + 4,
    y: plot.top + 12 + 14 * at,
    "text-anchor": late ? "end" : "start",
    class: "mark",
  };
  return [
    drawn("path", { class: `curve ${name}`, d: `M${x} ${plot.top}V${plot.bottom}` }),
    drawn("text", place, `${name} ${duration(value)}`),
  ];
}

/** Joins the server's fine buckets to bars that can be seen. */
function joined(buckets) {
  const columns = new Map();
  for (const [, upper, count] of buckets) {
    const index = Math.floor(((Math.round(FINEST * Math.log2(upper)) - 1) * DRAWN) / FINEST);
    const column = columns.get(index) ?? { low: 2 ** (index / DRAWN), high: 2 ** ((index + 1) / DRAWN), count: 0 };
    column.count += count;
    columns.set(index, column);
  }
  return [...columns.entries()].sort(([one], [other]) => one - other).map(([, column]) => column);
}

function behind(columns) {
  const rows = columns.map(({ low, high, count: number }) => [duration(low), duration(high), count(number)]);
  const numbers = table("Requests by duration", ["Over", "To", "Requests"], rows);
  return element(
    "details",
    { class: "behind" },
    element("summary", {}, "As a table"),
    scrolling("Requests by duration, as a table", numbers),
  );
}
