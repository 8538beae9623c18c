/** The kinds of charts over time; see `makeChart`. */

import { svg } from "./dom.js";
import { linearTicks, logScale, steps } from "./draw.js";
import { count, duration, NOTHING, span, words } from "./format.js";

const OUTCOMES = ["ok", "client_left", "client_error", "server_error"];
const LINES = ["p50", "p95", "p99"];
const LEVELS = 6;
const NARROW = 4; // pixels; columns that are narrower touch each other

/** Requests by outcome, stacked: what failed lies at the bottom, where it is seen best. */
export const throughput = {
  name: "Requests in ten seconds, by outcome",
  keys: OUTCOMES.map((name) => ({ name: words(name), kind: name, text: (slot) => count(slot[name]) })),
  draw(plot, slots) {
    const ticks = linearTicks(Math.max(...slots.map(({ requests }) => requests)));
    const share = (value) => value / ticks.at(-1);
    const floors = slots.map(() => 0);
    const filled = (plot.right - plot.left) / slots.length < NARROW ? 1 : 0.85;
    const areas = OUTCOMES.toReversed().map((name) => {
      const boxes = slots.map((slot, at) => {
        const low = floors[at];
        floors[at] += slot[name];
        if (!slot[name]) return "";
        return plot.box(at / slots.length, (at + filled) / slots.length, share(low), share(floors[at]));
      });
      return svg("path", { class: `area ${name}`, d: boxes.join("") });
    });
    return [...plot.grid(ticks, share, count), ...areas];
  },
};

/** Percentiles, on a logarithmic scale: milliseconds and seconds are both seen. */
export const latency = {
  name: "Duration percentiles",
  keys: LINES.map((name) => ({ name, kind: name, text: (slot) => duration(slot[name]) })),
  draw(plot, slots) {
    const values = slots.flatMap((slot) => LINES.map((name) => slot[name])).filter(Boolean);
    const scale = values.length ? logScale(Math.min(...values), Math.max(...values)) : logScale(0.001, 1);
    const x = (at) => plot.x(at / slots.length);
    const y = (value) => plot.y(scale.at(value));
    const line = (name) => steps(slots.map((slot) => slot[name] || null), x, y);
    const lines = LINES.map((name) => svg("path", { class: `curve ${name}`, d: line(name) }));
    return [...plot.grid(scale.ticks, scale.at, span), ...lines];
  },
};

/** How many requests took how long, and when: the stronger, the more. */
export const heatMap = {
  name: "Requests by duration",
  keys: [
    { name: "most took", text: (slot, { bands }) => (total(slot) ? bandName(bands, busiest(slot)) : NOTHING) },
    { name: "requests", text: (slot) => count(total(slot)) },
  ],
  columns: ({ bands }) => bands.map((_, at) => ({ name: bandName(bands, at), text: (slot) => count(slot.bands[at]) })),
  draw(plot, slots, { bands }) {
    const [low, high] = usedBands(slots);
    const most = Math.max(...slots.flatMap((slot) => slot.bands));
    const share = (band) => (band - low) / (high - low + 1);
    const paths = Array.from({ length: LEVELS }, () => "");
    slots.forEach((slot, at) => {
      for (let band = low; band <= high; band++) {
        const level = Math.ceil(LEVELS * Math.sqrt(slot.bands[band] / most));
        const [from, to] = [at / slots.length, (at + 1) / slots.length];
        if (level) paths[level - 1] += plot.box(from, to, share(band), share(band + 1));
      }
    });
    const marked = bands.map((_, band) => band).slice(low, high + 1);
    const spaced = marked.filter((band) => bands[band] && (marked.length < 8 || band % 2));
    return [
      ...plot.grid(spaced, (band) => share(band + 1), (band) => bound(bands, band)),
      ...paths.map((d, level) => svg("path", { class: "heat", opacity: (level + 1) / LEVELS, d })),
    ];
  },
};

/** Bands are known by their upper bounds, in seconds; the last one has none. */
const bound = (bands, at) => span(Number(bands[at].toPrecision(2)));
const bandName = (bands, at) => (bands[at] === null ? `over ${bound(bands, at - 1)}` : `up to ${bound(bands, at)}`);
const busiest = (slot) => slot.bands.indexOf(Math.max(...slot.bands));
const total = (slot) => slot.bands.reduce((sum, each) => sum + each, 0);

/** Returns the lowest and the highest band of *slots* that hold a request, and at least four. */
function usedBands(slots) {
  const used = slots[0].bands.map((_, band) => slots.some((slot) => slot.bands[band]));
  const [low, high, last] = [used.indexOf(true), used.lastIndexOf(true), used.length - 1];
  return low < 0 ? [0, last] : [low, Math.min(last, Math.max(low + 3, high))];
}
