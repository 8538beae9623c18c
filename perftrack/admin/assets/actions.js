/** What can be done with the numbers: keep them, copy them, and start counting from zero. */

import { fillTables } from "./charts.js";
import { byId, html, on, say } from "./dom.js";
import { clock } from "./format.js";
import { ask, askNow } from "./numbers.js";

const LEFT_OUT = "script, link, noscript, .control, [role=tooltip], dialog:not([open])";
// What could be used on the page becomes what it says or shows.
const STILL = { dialog: ["section", "panel"], "[role=slider]": ["div", "plot"], button: ["span", null] };
const POLICY = { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" };

/** Saves all numbers of the last answer as JSON. */
export const saveNumbers = (stats) => save(JSON.stringify(stats, null, 1), stats, "json", "application/json");

/** Saves the page as it is shown, with the tables behind its charts, as one file that needs nothing else. */
export function savePage(stats) {
  fillTables();
  save(pageAsText(stats), stats, "html", "text/html");
}

/** Copies *text* and says that *what* has been copied. */
export async function copy(text, what) {
  const tried = navigator.clipboard?.writeText(text).then(() => true, () => false) ?? copyByHand(text);
  say(byId("said"), (await tried) ? `${what} copied.` : "The browser does not let the page copy.");
}

/** Makes the button for a reset work, after a question. */
export function makeReset() {
  const dialog = byId("reset-question");
  on("reset", "click", () => {
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => dialog.returnValue === "reset" && reset());
}

async function reset() {
  try {
    const { timestamp } = await ask("reset", "POST");
    say(byId("said"), `Reset at ${clock(timestamp)}: counting anew.`);
    askNow();
  } catch ({ message }) {
    say(byId("said"), `Not reset: ${message}.`);
  }
}

/** Hands *text* to the browser as a file to keep. */
function save(text, { timestamp }, ending, type) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  html("a", { href, download: `performance-${timestamp.replace(/[^0-9TZ]/g, "")}.${ending}` }).click();
  // The download has taken hold of it by then; without this it would stay in memory as long as the page.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

function pageAsText({ timestamp }) {
  const page = document.documentElement.cloneNode(true);
  for (const node of page.querySelectorAll(LEFT_OUT)) node.remove();
  const when = new Date(timestamp).toLocaleString("en-GB");
  page.querySelector("#state").replaceWith(html("p", { id: "state" }, `As it was on ${when}`));
  for (const node of page.querySelectorAll("a")) node.removeAttribute("href");
  for (const [selector, [tag, kind]] of Object.entries(STILL)) {
    for (const node of page.querySelectorAll(selector))
      node.replaceWith(html(tag, { class: kind }, ...node.childNodes));
  }
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText);
  page.querySelector("head").append(html("meta", POLICY), html("style", {}, rules.join("\n")));
  return `<!doctype html>\n${page.outerHTML}\n`;
}

/** Where the page came over plain http, browsers have no clipboard but this. */
function copyByHand(text) {
  const area = html("textarea", { class: "unseen", readonly: true }, text);
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
