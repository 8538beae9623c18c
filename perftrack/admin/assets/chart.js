/** A chart over time: its drawing, its values at one moment, and the table behind it. */

import { byId, drawn, element, say, scrolling, set, table } from "./dom.js";
import { clock } from "./format.js";
import { Plot } from "./plot.js";
import { minutesBetween } from "./scale.js";

const HEIGHT = 190;

export class Chart {
  #kind;
  #crosshair;
  #slots = [];
  #series;
  #plot;
  #svg = drawn("svg", { "aria-hidden": "true" });
  #line = drawn("path", { class: "crosshair" });
  #moment = element("span", { class: "moment" });
  #values;
  #area;
  #behind;

  /**
   * @param {string} id of the figure
   * @param {{name: string, keys: {name: string, kind: string, text: Function}[], draw: Function}} kind its `columns`
   *   are those of the table, where they are others than the keys
   * @param crosshair shared with the other charts
   */
  constructor(id, kind, crosshair) {
    this.#kind = kind;
    this.#crosshair = crosshair;
    this.#values = kind.keys.map(() => element("b", {}, "–"));
    this.#area = element("div", { class: "plot", role: "slider", tabindex: 0, "aria-valuemin": 0 }, this.#svg);
    set(this.#area, "aria-label", `${kind.name}: values at a moment`);
    this.#behind = element("details", { class: "behind" }, element("summary", {}, "As a table"));
    this.#behind.addEventListener("toggle", () => this.fillTable());
    byId(id).append(this.#legend(), this.#area, this.#behind);
    crosshair.follow(
      this.#area,
      (event) => this.#slotAt(event),
      () => this.#slots.length - 1,
    );
    crosshair.addEventListener("moved", () => this.#point());
    new ResizeObserver(() => this.#draw()).observe(this.#area);
  }

  /** Shows *slots* of *series*. */
  show(series, slots) {
    this.#series = series;
    this.#slots = slots;
    this.#draw();
    if (this.#behind.open) this.fillTable();
  }

  /** Writes the table behind the chart, newest first. */
  fillTable() {
    const columns = this.#kind.columns ?? this.#kind.keys;
    const rows = this.#slots.map((slot) => [clock(slot.timestamp), ...columns.map((column) => column.text(slot))]);
    const titles = ["Ten seconds from", ...columns.map((column) => column.name)];
    const numbers = table(this.#kind.name, titles, rows.reverse());
    this.#behind.replaceChildren(this.#behind.firstChild, scrolling(`${this.#kind.name}, as a table`, numbers));
  }

  #legend() {
    const keys = this.#kind.keys.map(({ name, kind }, at) => {
      const sample = drawn("svg", { class: `sample ${kind}`, "aria-hidden": "true" }, drawn("path", { d: "M0 5H16" }));
      return element("span", { class: "key" }, ...(kind ? [sample] : []), `${name} `, this.#values[at]);
    });
    return element("p", { class: "legend" }, this.#moment, ...keys);
  }

  #draw() {
    if (!this.#slots.length) return;
    this.#plot = new Plot(this.#area.clientWidth || 600, HEIGHT);
    set(this.#svg, "viewBox", `0 0 ${this.#plot.width} ${HEIGHT}`);
    set(this.#area, "aria-valuemax", this.#slots.length - 1);
    this.#svg.replaceChildren(
      ...this.#kind.draw(this.#plot, this.#slots, this.#series),
      ...this.#moments(),
      this.#line,
    );
    this.#point();
  }

  #moments() {
    const start = Date.parse(this.#slots[0].timestamp);
    const length = 1000 * this.#series.slot_seconds * this.#slots.length;
    const minutes = minutesBetween(start, start + length);
    return this.#plot.below(
      minutes.map((moment) => ({ at: (moment - start) / length, text: clock(moment).slice(-8, -3) })),
    );
  }

  /** Shows the values where the crosshair points; without it, those of the newest slot that is complete. */
  #point() {
    const { at } = this.#crosshair;
    const index = at === null ? this.#slots.length - 2 : Math.min(at, this.#slots.length - 1);
    const slot = this.#slots[index];
    if (!slot) return;
    const texts = this.#kind.keys.map((key) => key.text(slot));
    const moment = clock(slot.timestamp);
    texts.forEach((text, key) => say(this.#values[key], text));
    say(this.#moment, moment);
    set(
      this.#line,
      "d",
      at === null
        ? null
        : `M${this.#plot.x((index + 0.5) / this.#slots.length)} ${this.#plot.top}V${this.#plot.bottom}`,
    );
    set(this.#area, "aria-valuenow", index);
    set(
      this.#area,
      "aria-valuetext",
      `${moment}: ${texts.map((text, key) => `${this.#kind.keys[key].name} ${text}`).join(", ")}`,
    );
  }

  #slotAt(event) {
    const { left } = this.#area.getBoundingClientRect();
    const share = (event.clientX - left - this.#plot.left) / (this.#plot.right - this.#plot.left);
    return Math.min(this.#slots.length - 1, Math.max(0, Math.floor(share * this.#slots.length)));
  }
}
