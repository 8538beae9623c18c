/** Percentiles over time, on a logarithmic scale: half a millisecond and half a second are both seen. */

import { drawn } from "./dom.js";
import { duration, span } from "./format.js";
import { logScale } from "./scale.js";

const LINES = ["p50", "p95", "p99"];

export const latency = {
  name: "Duration percentiles",
  keys: LINES.map((name) => ({ name, kind: name, text: (slot) => duration(slot[name]) })),
  draw(plot, slots) {
    const values = slots.flatMap((slot) => LINES.map((name) => slot[name])).filter(Boolean);
    const scale = values.length ? logScale(Math.min(...values), Math.max(...values)) : logScale(0.001, 1);
    const lines = LINES.map((name) => drawn("path", { class: `curve ${name}`, d: steps(plot, slots, name, scale) }));
    return [...plot.grid(scale.ticks.map((value) => ({ at: scale.at(value), text: span(value) }))), ...lines];
  },
};

/** Returns a line of steps; slots without a request are gaps in it. */
function steps(plot, slots, name, scale) {
  let path = "";
  slots.forEach((slot, at) => {
    if (!slot[name]) return;
    const y = plot.y(Math.max(0, scale.at(slot[name])));
    path += at && slots[at - 1][name] ? `V${y}` : `M${plot.x(at / slots.length)} ${y}`;
    path += `H${plot.x((at + 1) / slots.length)}`;
  });
  return path;
}
