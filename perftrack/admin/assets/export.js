/** The numbers as JSON, and the page as one file that needs nothing else: to attach to a ticket. */

import { save } from "./copy.js";
import { element } from "./dom.js";

const LEFT_OUT = "script, link, noscript, .control, [role=tooltip], dialog:not([open])";
const STILL = [
  ["dialog", "section", "panel"],
  ["[role=slider]", "div", "plot"],
  ["button", "span", null],
];
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Saves all numbers of the last answer. */
export function saveNumbers(stats) {
  save(JSON.stringify(stats, null, 1), `performance-${stamp(stats)}.json`, "application/json");
}

/** Saves the page as it is shown, with *charts* and the tables behind them. */
export function savePage(stats, charts) {
  for (const chart of charts) chart.fillTable();
  save(pageAsText(), `performance-${stamp(stats)}.html`, "text/html");
}

function pageAsText() {
  const page = document.documentElement.cloneNode(true);
  for (const node of page.querySelectorAll(LEFT_OUT)) node.remove();
  page.querySelector("#state").textContent = `As it was on ${new Date().toLocaleString("en-GB")}`;
  for (const node of page.querySelectorAll("a")) node.removeAttribute("href");
  // What could be used on the page becomes what it says or shows.
  for (const [selector, tag, kind] of STILL) {
    for (const node of page.querySelectorAll(selector))
      node.replaceWith(element(tag, { class: kind }, ...node.childNodes));
  }
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  page
    .querySelector("head")
    .append(
      element("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
      element("style", {}, rules.map((rule) => rule.cssText).join("\n")),
    );
  return `<!doctype html>\n${page.outerHTML}\n`;
}

function stamp({ timestamp }) {
  return timestamp.replace(/[^0-9TZ]/g, "");
}
