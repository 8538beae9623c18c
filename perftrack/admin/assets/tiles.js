/** The tiles: one number each, where it comes from, and where it goes. */

import { byId, element, say, set } from "./dom.js";
import { span } from "./format.js";
import { neighbours } from "./series.js";
import { draw, sparkline } from "./sparkline.js";
import { TILES } from "./tile-list.js";

const tiles = new Map();

/** Makes the tiles, still without numbers. */
export function makeTiles() {
  byId("tiles").replaceChildren(...TILES.map(make));
  // What is shown on hover must be dismissable without moving the pointer (WCAG 1.4.13).
  addEventListener("keydown", ({ key }) => key === "Escape" && set(byId("tiles"), "data-quiet", true));
  for (const event of ["pointerover", "focusin"]) {
    byId("tiles").addEventListener(event, () => set(byId("tiles"), "data-quiet", null));
  }
}

/** Shows the numbers, the lines of *slots*, and the change between two spans as long as the window of *seconds*. */
export function showTiles(stats, slots, seconds) {
  const spans = neighbours(stats.series, seconds, stats.since);
  const complete = slots.slice(0, -1);
  for (const tile of TILES) {
    const parts = tiles.get(tile.id);
    say(parts.value, tile.value(stats));
    say(parts.note, tile.note(stats));
    if (!tile.line) continue;
    draw(parts.spark, complete.map(tile.line));
    showChange(parts.change, tile, spans);
  }
  say(
    byId("compared"),
    spans ? `Changes: the last ${span(spans.seconds)} against the ${span(spans.seconds)} before.` : "",
  );
}

function make({ id, name, what, line }) {
  const parts = {
    value: element("dd", { class: "value" }, "–"),
    note: element("dd", { class: "note" }, "\u00a0"),
    change: element("dd", { class: "change" }),
    spark: sparkline(),
  };
  tiles.set(id, parts);
  const label = element("button", { type: "button", class: "what", "aria-describedby": `what-${id}` }, name);
  const hint = element("span", { role: "tooltip", id: `what-${id}` }, what);
  const picture = element("dd", { class: "picture" }, ...(line ? [parts.spark] : []));
  return element(
    "div",
    { class: "tile panel", id: `tile-${id}` },
    element("dt", {}, label, hint),
    parts.change,
    parts.value,
    picture,
    parts.note,
  );
}

function showChange(node, { measure, unit, worse }, spans) {
  const change = spans && compared(measure(spans.now), measure(spans.before), unit);
  say(node, change ? change.text : "");
  set(node, "data-tone", change && worse * change.direction ? (change.direction > 0 ? "bad" : "good") : null);
}

function compared(now, before, unit) {
  if (now === null || before === null) return null;
  const direction = Math.sign(now - before);
  const size = amount(now, before, unit);
  if (size === null) return { text: now ? "▲ from 0" : "steady", direction };
  return size === "0" ? { text: "steady", direction: 0 } : { text: `${direction > 0 ? "▲" : "▼"} ${size}`, direction };
}

function amount(now, before, unit) {
  const difference = Math.abs(now - before);
  if (unit === "number") return String(difference);
  if (unit === "points") return difference < 0.05 ? "0" : `${difference.toFixed(1)} pt`;
  if (before === 0) return null;
  const rate = Math.round((100 * difference) / before);
  if (rate === 0) return "0";
  return now / before >= 10 ? `×${Math.round(now / before)}` : `${rate} %`;
}
