/** The few DOM calls that the page is made of. Text goes in as text, never as markup. */

import { shown } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";

/** Returns the element of the skeleton with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Makes an HTML element. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Makes an SVG element. */
export function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Sets an attribute where it differs: what is left alone costs no layout. Null and false take it away. */
export function set(node, name, value) {
  const text = value === true ? "" : value;
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(text)) node.setAttribute(name, text);
}

/** Sets the text of a node where it differs. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows text of a client's making: inert, visible, and unable to reorder what stands beside it. */
export function code(text) {
  return element("bdi", {}, element("code", { title: shown(text) }, shown(text)));
}

/** Makes a moment that machines can read too. */
export function time(iso, text) {
  return element("time", { datetime: iso, title: iso }, text);
}

/**
 * Makes a table of plain cells.
 * @param {string} caption read out before the table, not seen
 * @param {string[]} titles
 * @param {(string|Node)[][]} rows the first cell of each is its header
 */
export function table(caption, titles, rows) {
  const head = element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title)));
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell) => element("td", {}, cell));
    return element("tr", {}, element("th", { scope: "row" }, first), ...cells);
  });
  return element(
    "table",
    {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, head),
    element("tbody", {}, ...body),
  );
}

/** Makes a bar that fills *share* (0 to 1) of its width; *kind* gives the colour. */
export function bar(share, kind = "") {
  const rect = drawn("rect", { width: `${(100 * share).toFixed(2)}%`, height: "100%", rx: 2 });
  return drawn("svg", { class: `bar ${kind}`, "aria-hidden": "true" }, rect);
}

/** Wraps what may be wider than the screen; a scrolling region needs a name and a place in the tab order. */
export function scrolling(name, ...children) {
  return element("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": name }, ...children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...children);
  return node;
}
