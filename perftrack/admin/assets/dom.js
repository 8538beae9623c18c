/** The few DOM calls that the page is made of. Text goes in as text, never as markup. */

import { shown } from "./format.js";

const KEPT = "a, details, summary, .scroll";

/** Returns the element of the skeleton with this id. */
export const byId = (id) => document.getElementById(id);

/** Calls *listener* at each *event* of that element. */
export const on = (id, event, listener) => byId(id).addEventListener(event, listener);

/** Makes an HTML element. */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Makes an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Sets an attribute where it differs: what is left alone costs no layout. Nothing and false take it away. */
export function set(node, name, value) {
  const text = value === true ? "" : value;
  if ((value ?? false) === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(text)) node.setAttribute(name, text);
}

/** Sets the text of a node where it differs. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Replaces what is in a node where it differs; what is read there stays open, scrolled and focused as it is. */
export function replace(node, ...children) {
  const made = node.cloneNode();
  made.append(...children);
  if (made.isEqualNode(node)) return;
  const before = [...node.querySelectorAll(KEPT)];
  const focused = before.indexOf(document.activeElement);
  const places = before.map(({ open, scrollTop, scrollLeft }) => ({ open, scrollTop, scrollLeft }));
  node.replaceChildren(...made.childNodes);
  const after = [...node.querySelectorAll(KEPT)];
  after.forEach((each, at) => Object.assign(each, places[at]));
  after[focused]?.focus({ preventScroll: true });
}

/** Shows text of a client's making: inert, visible, and unable to reorder what is beside it. */
export function code(text) {
  return html("bdi", {}, html("code", { title: shown(text) }, shown(text)));
}

/** Makes a table of plain cells; the first of each row is its header, and *caption* is read out, not seen. */
export function table(caption, titles, rows, kind = null) {
  const head = titles.map((title) => html("th", { scope: "col" }, title));
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell) => html("td", {}, cell));
    return html("tr", {}, html("th", { scope: "row" }, first), ...cells);
  });
  return html(
    "table",
    { class: kind },
    html("caption", { class: "unseen" }, caption),
    html("thead", {}, html("tr", {}, ...head)),
    html("tbody", {}, ...body),
  );
}

/** Makes a table that may be wider than the screen; what scrolls needs a name and a place in the tab order. */
export function wideTable(caption, titles, rows, kind) {
  const region = { class: "scroll", role: "region", tabindex: 0, "aria-label": caption };
  return html("div", region, table(caption, titles, rows, kind));
}

/** Makes what opens to show the values behind a picture. */
export function behind(...contents) {
  return html("details", { class: "behind" }, html("summary", {}, "As a table"), ...contents);
}

/** Makes the words that stand where there is nothing to show. */
export const none = (text) => html("p", { class: "none" }, text);

/** Makes a list of *entries* `[name, text]`. */
export function figures(entries) {
  const items = entries.map(([name, text]) => html("div", {}, html("dt", {}, name), html("dd", {}, text)));
  return html("dl", { class: "figures" }, ...items);
}

/** Makes a bar that fills *share* (0 to 1) of its width; *kind* gives the colour. */
export function bar(share, kind = "") {
  const rect = svg("rect", { width: `${100 * share}%`, height: "100%", rx: 2 });
  return svg("svg", { class: `bar ${kind}`, "aria-hidden": "true" }, rect);
}

/** Makes a table of *items* `[name, value, text, kind]` with a bar for each value; null has none. */
export function bars(caption, titles, items) {
  const most = Math.max(...items.map(([, value]) => value)) || 1;
  const rows = items.map(([name, value, text, kind]) => [name, bar(value / most, kind), text]);
  return table(caption, [titles[0], html("span", { class: "unseen" }, "Drawn"), titles[1]], rows, "bars");
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...children);
  return node;
}
