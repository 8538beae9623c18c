/** How many requests took how long, and when: the stronger, the more. */

import { drawn } from "./dom.js";
import { count, span } from "./format.js";

const LEVELS = 6;

/** @param {(number|null)[]} bounds upper bounds of the bands, in seconds; the last band has none */
export function heatMap(bounds) {
  const bound = (band) => span(Number(bounds[band].toPrecision(2)));
  const bandName = (band) => (bounds[band] === null ? `over ${bound(band - 1)}` : `up to ${bound(band)}`);
  return {
    name: "Requests by duration",
    keys: [
      { name: "most", kind: "", text: (slot) => busiest(slot, bandName) },
      { name: "requests", kind: "", text: (slot) => count(total(slot)) },
    ],
    columns: bounds.map((_, band) => ({ name: bandName(band), text: (slot) => count(slot.bands[band]) })),
    draw(plot, slots) {
      const [low, high] = usedBands(slots);
      const bands = high - low + 1;
      const most = Math.max(...slots.flatMap((slot) => slot.bands));
      const paths = Array.from({ length: LEVELS }, () => "");
      slots.forEach((slot, at) => {
        for (let band = low; band <= high; band++) {
          const level = Math.ceil(LEVELS * Math.sqrt(slot.bands[band] / most));
          if (level)
            paths[level - 1] += plot.box(
              at / slots.length,
              (at + 1) / slots.length,
              (band - low) / bands,
              (band - low + 1) / bands,
            );
        }
      });
      const shown = Array.from({ length: bands }, (_, at) => low + at);
      const marked = shown.filter((band) => bounds[band] && (bands < 8 || band % 2));
      const ticks = marked.map((band) => ({ at: (band - low + 1) / bands, text: bound(band) }));
      return [...plot.grid(ticks), ...paths.map((d, level) => drawn("path", { class: `heat heat-${level + 1}`, d }))];
    },
  };
}

/** Returns the lowest and the highest band of *slots* that hold a request, with one to spare above. */
function usedBands(slots) {
  const used = slots[0].bands.map((_, band) => slots.some((slot) => slot.bands[band]));
  if (!used.includes(true)) return [0, used.length - 1];
  return [used.indexOf(true), Math.min(used.length - 1, Math.max(used.indexOf(true) + 3, used.lastIndexOf(true)))];
}

function busiest(slot, bandName) {
  return total(slot) ? bandName(slot.bands.indexOf(Math.max(...slot.bands))) : "–";
}

function total(slot) {
  return slot.bands.reduce((sum, each) => sum + each, 0);
}
