/** Gets the numbers, again and again, and says how fresh they are. All addresses are relative: any prefix will do. */

import { byId, html, say } from "./dom.js";
import { clock } from "./format.js";

const PATIENCE_MS = 20_000;
const RETRY_SECONDS = 5;
// All that a tick needs, in one answer; the page's head names the same address, to load it early.
const NUMBERS = "stats?include=health,series,slow,caches";
const REFUSALS = { 401: "you are signed out", 403: "you may not do this" };

let show;
let pace = 0;
let timer = 0;
let asking = null;
let fresh = null;
let trouble = null;
let said = "";

/** Returns the JSON that *address* answers; throws an error whose cause is the status of another answer, 0 for none. */
export async function ask(address, method = "GET") {
  let status = 0;
  try {
    const answer = await fetch(address, { method, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) return await answer.json();
    status = answer.status;
  } catch {
    // The application is away, or has been cut off.
  }
  const told = status ? `the application answers with status ${status}` : "the application does not answer";
  throw new Error(REFUSALS[status] ?? told, { cause: status });
}

/** Calls *listener* with the numbers, now and every *seconds*; never asks twice at once, nor while nobody looks. */
export function follow(listener, seconds) {
  [show, pace] = [listener, seconds];
  document.addEventListener("visibilitychange", () => (pace && !document.hidden ? askNow() : clearTimeout(timer)));
  askNow();
}

/** Asks now, or waits for the answer that is under way. */
export function askNow() {
  clearTimeout(timer);
  asking ??= askOnce().finally(() => {
    asking = null;
    const wait = trouble ? Math.min(RETRY_SECONDS, pace) : pace;
    if (pace && !document.hidden) timer = setTimeout(askNow, 1000 * wait);
  });
}

/** Changes the seconds between two answers; 0 pauses. */
export function setPace(seconds) {
  pace = seconds;
  showState();
  if (pace) askNow();
  else clearTimeout(timer);
}

async function askOnce() {
  try {
    const stats = await ask(NUMBERS);
    [fresh, trouble] = [stats.timestamp, null];
    show(stats);
  } catch (found) {
    if (!("cause" in found)) throw found;
    trouble = found;
  } finally {
    showState();
  }
}

/** What changes with every tick is kept out of what is read aloud. */
function showState() {
  byId("state").className = trouble ? "stale" : pace ? "live" : "";
  say(byId("fresh"), trouble || !fresh ? "" : clock(fresh));
  if (trouble && !fresh) {
    say(byId("status"), "No numbers yet");
    say(byId("judged"), "They appear as soon as the application answers.");
  }
  const text = trouble ? troubled() : pace ? "Live" : "Paused";
  if (text === said) return;
  said = text;
  byId("liveness").replaceChildren(text, ...(trouble?.cause === 401 ? [" ", signIn()] : []));
}

function troubled() {
  const since = fresh ? `Stale since ${clock(fresh)}: ` : "No numbers: ";
  return `${since}${trouble.message}${pace && !REFUSALS[trouble.cause] ? "; trying again" : ""}.`;
}

function signIn() {
  const link = html("a", { href: "./" }, "Sign in");
  // An address that differs in nothing but its fragment would not be loaded anew.
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  return link;
}
