/** What pictures are made of: the ground of a chart, its scales, and lines as high as a word. */

import { set, svg } from "./dom.js";

const LABEL_WIDTH = 56;
const SPARK_HEIGHT = 20;

/** The ground of a chart: its place, its grid and its axes. Shares of the width and of the height are 0 to 1. */
export class Plot {
  constructor(width, height) {
    Object.assign(this, { width, height, left: 50, right: Math.max(100, width - 6), top: 10, bottom: height - 20 });
  }

  /** Returns the x of a share of the width. */
  x(share) {
    return round(this.left + share * (this.right - this.left));
  }

  /** Returns the y of a share of the height, from below. */
  y(share) {
    return round(this.bottom - share * (this.bottom - this.top));
  }

  /** Draws a line across for each of *values*, with its text. */
  grid(values, at, text) {
    return values.flatMap((value) => [
      svg("path", { class: "grid", d: `M${this.left} ${this.y(at(value))}H${this.right}` }),
      svg("text", { x: this.left - 6, y: this.y(at(value)) + 4, "text-anchor": "end" }, text(value)),
    ]);
  }

  /** Marks each of *values* below, with its text; those without room are left out. */
  below(values, at, text) {
    let free = this.left - LABEL_WIDTH / 4;
    return values.flatMap((value) => {
      const x = this.x(at(value));
      if (x < free + LABEL_WIDTH / 2 || x > this.right - LABEL_WIDTH / 4) return [];
      free = x + LABEL_WIDTH / 2;
      return [
        svg("path", { class: "grid", d: `M${x} ${this.bottom}v4` }),
        svg("text", { x, y: this.height - 3, "text-anchor": "middle" }, text(value)),
      ];
    });
  }

  /** Returns the path of a box. */
  box(from, to, low, high) {
    const [x, y] = [this.x(from), this.y(high)];
    return `M${x} ${y}H${this.x(to)}V${this.y(low)}H${x}z`;
  }
}

/** Returns the path of a line of steps; null is a gap in it. */
export function steps(values, x, y) {
  const points = values.map((value, at) => {
    if (value === null) return "";
    return `${(values[at - 1] ?? null) === null ? `M${x(at)} ` : "V"}${y(value)}H${x(at + 1)}`;
  });
  return points.join("");
}

/** Returns whole numbers from 0 to at least *top*, in about four steps. */
export function linearTicks(top) {
  const rough = Math.max(1, top / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  return Array.from({ length: Math.max(1, Math.ceil(top / step)) + 1 }, (_, at) => at * step);
}

/** Returns a logarithmic scale around *low* to *high*: where a value lies, and the values to mark. */
export function logScale(low, high) {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const between = last - first > 2 ? [1] : [1, 2, 5];
  const powers = Array.from({ length: last - first }, (_, at) => 10 ** (first + at));
  const ticks = powers.flatMap((power) => between.map((step) => step * power));
  return { at: (value) => Math.max(0, Math.log10(value) - first) / (last - first), ticks: [...ticks, 10 ** last] };
}

/** Makes an empty sparkline; it stretches to the size that its place has. */
export function sparkline() {
  const box = { class: "spark", preserveAspectRatio: "none", "aria-hidden": "true" };
  return svg("svg", box, svg("path", { class: "under" }), svg("path", { class: "line" }));
}

/** Draws *values* from 0 up; null is a gap. */
export function drawSpark(spark, values) {
  const top = Math.max(...values) || 1;
  const y = (value) => round(SPARK_HEIGHT - 1 - ((SPARK_HEIGHT - 2) * value) / top);
  const box = (value, at) => (value === null ? "" : `M${at} ${SPARK_HEIGHT}V${y(value)}h1V${SPARK_HEIGHT}`);
  set(spark, "viewBox", `0 0 ${Math.max(1, values.length)} ${SPARK_HEIGHT}`);
  set(spark.firstChild, "d", values.map(box).join(""));
  set(spark.lastChild, "d", steps(values, (at) => at, y));
}

const round = (number) => Math.round(10 * number) / 10;
