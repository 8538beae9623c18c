/** Requests by outcome, stacked: what failed lies at the bottom, where it is seen best. */

import { drawn } from "./dom.js";
import { count, words } from "./format.js";
import { largest } from "./series.js";
import { linearTicks } from "./scale.js";

const OUTCOMES = ["server_error", "client_error", "client_left", "ok"];

export const throughput = {
  name: "Requests in ten seconds, by outcome",
  keys: [...OUTCOMES].reverse().map((name) => ({ name: words(name), kind: name, text: (slot) => count(slot[name]) })),
  draw(plot, slots) {
    const ticks = linearTicks(largest(slots, "requests"));
    const top = ticks.at(-1);
    const floors = slots.map(() => 0);
    const areas = OUTCOMES.map((name) => {
      const boxes = slots.map((slot, at) => {
        const low = floors[at];
        floors[at] += slot[name];
        return slot[name] ? plot.box(at / slots.length, (at + 0.9) / slots.length, low / top, floors[at] / top) : "";
      });
      return drawn("path", { class: `area ${name}`, d: boxes.join("") });
    });
    return [...plot.grid(ticks.map((value) => ({ at: value / top, text: count(value) }))), ...areas];
  },
};
