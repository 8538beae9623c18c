/** Tables whose numbers are bars as well. */

import { bar, element, table } from "./dom.js";

/**
 * @param {string} caption
 * @param {string[]} titles of the name and of the number
 * @param {{name: string, value: number|null, text: string, kind?: string}[]} items
 */
export function bars(caption, [name, number], items) {
  const top = Math.max(...items.map(({ value }) => value ?? 0)) || 1;
  const rows = items.map(({ name, value, text, kind }) => [name, bar((value ?? 0) / top, kind), text]);
  const made = table(caption, [name, element("span", { class: "unseen" }, "Drawn"), number], rows);
  made.className = "bars";
  return made;
}
