/** Lines without axes, as high as a word. */

import { drawn, set } from "./dom.js";

const HEIGHT = 20;

/** Makes an empty sparkline; it stretches to the size that its place has. */
export function sparkline() {
  const box = { class: "spark", preserveAspectRatio: "none", "aria-hidden": "true" };
  return drawn("svg", box, drawn("path", { class: "under" }), drawn("path", { class: "line" }));
}

/** Draws *values*, oldest first, from 0 up; null is a gap. */
export function draw(spark, values) {
  const top = Math.max(...values.map((value) => value ?? 0)) || 1;
  let line = "";
  let under = "";
  values.forEach((value, at) => {
    if (value === null) return;
    const y = (HEIGHT - 1 - ((HEIGHT - 2) * value) / top).toFixed(1);
    const joined = at > 0 && values[at - 1] !== null;
    line += joined ? `L${at} ${y}` : `M${at} ${y}h.01`;
    under += joined ? `L${at} ${y}` : `M${at} ${HEIGHT}V${y}`;
    if ((values[at + 1] ?? null) === null) under += `V${HEIGHT}`;
  });
  set(spark, "viewBox", `0 0 ${Math.max(1, values.length - 1)} ${HEIGHT}`);
  set(spark.firstChild, "d", under);
  set(spark.lastChild, "d", line);
}
