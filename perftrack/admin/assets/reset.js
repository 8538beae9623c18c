/** Starting all counts from zero, after a question. */

import { announce } from "./copy.js";
import { byId } from "./dom.js";
import { clock } from "./format.js";
import { ask } from "./numbers.js";

/** Makes the button work; *again* is called after a reset. */
export function makeReset(again) {
  const dialog = byId("reset-question");
  byId("reset").addEventListener("click", () => {
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => dialog.returnValue === "reset" && reset(again));
}

async function reset(again) {
  try {
    const { timestamp } = await ask("reset", "POST");
    announce(`Reset at ${clock(timestamp)}: counting anew.`);
    again();
  } catch ({ message }) {
    announce(`Not reset: ${message}.`);
  }
}
