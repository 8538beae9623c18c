/** The ground of every chart: its place, its grid and its axes. */

import { drawn } from "./dom.js";

const EDGE = { left: 50, right: 6, top: 10, bottom: 20 };
const ROOM = 56; // that a text on the lower axis takes

export class Plot {
  /** @param {number} width in pixels @param {number} height in pixels */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.left = EDGE.left;
    this.right = Math.max(EDGE.left + 50, width - EDGE.right);
    this.top = EDGE.top;
    this.bottom = height - EDGE.bottom;
  }

  /** Returns the x of a share (0 to 1) of the width. */
  x(share) {
    return round(this.left + share * (this.right - this.left));
  }

  /** Returns the y of a share (0 to 1) of the height, from below. */
  y(share) {
    return round(this.bottom - share * (this.bottom - this.top));
  }

  /** Draws lines across, each with its text: `{at, text}`, at 0 to 1. */
  grid(ticks) {
    return ticks.flatMap(({ at, text }) => [
      drawn("path", { class: "grid", d: `M${this.left} ${this.y(at)}H${this.right}` }),
      drawn("text", { x: this.left - 6, y: this.y(at) + 4, "text-anchor": "end" }, text),
    ]);
  }

  /** Writes texts below: `{at, text}`, at 0 to 1; those without room are left out. */
  below(ticks) {
    let free = this.left - ROOM / 4;
    return ticks.flatMap(({ at, text }) => {
      const x = this.x(at);
      if (x < free + ROOM / 2 || x > this.right - ROOM / 4) return [];
      free = x + ROOM / 2;
      return [
        drawn("path", { class: "tick", d: `M${x} ${this.bottom}v4` }),
        drawn("text", { x, y: this.height - 3, "text-anchor": "middle" }, text),
      ];
    });
  }

  /** Returns the path of a box between shares of the width and of the height. */
  box(from, to, low, high) {
    const [x, y] = [this.x(from), this.y(high)];
    return `M${x} ${y}H${this.x(to)}V${this.y(low)}H${x}z`;
  }
}

function round(number) {
  return Math.round(10 * number) / 10;
}
