/** Says how fresh the numbers are. */

import { byId, element, say } from "./dom.js";
import { clock } from "./format.js";

let fresh = null;
let trouble = null;
let said = "";

/** Notes a good answer. */
export function noteFresh({ timestamp }) {
  [fresh, trouble] = [timestamp, null];
}

/** Notes an answer without numbers. */
export function noteTrouble(found) {
  trouble = found;
}

/** Shows the state. What changes with every tick is kept out of what is read aloud. */
export function showState(seconds) {
  byId("state").className = trouble ? "stale" : "";
  say(byId("fresh"), trouble || !fresh ? "" : clock(fresh));
  const text = trouble ? troubled(seconds) : seconds ? "Live" : "Paused";
  if (text === said) return;
  said = text;
  byId("liveness").replaceChildren(text, ...(trouble?.kind === "signed-out" ? [" ", signIn()] : []));
}

function troubled(seconds) {
  const since = fresh ? `Stale since ${clock(fresh)}: ` : "No numbers: ";
  const retrying = seconds && trouble.kind === "away" ? "; trying again" : "";
  return `${since}${trouble.message}${retrying}.`;
}

function signIn() {
  const link = element("a", { href: "./" }, "Sign in");
  // An address that differs in nothing but its fragment would not be loaded anew.
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  return link;
}
