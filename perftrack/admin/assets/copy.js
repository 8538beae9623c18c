/** Puts text into the clipboard, and files into the downloads. */

import { byId, element, say } from "./dom.js";

/** Copies *text* and says that *what* has been copied. */
export async function copy(text, what) {
  const copied = navigator.clipboard
    ? await navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      )
    : byHand(text);
  announce(copied ? `${what} copied.` : "The browser does not let the page copy.");
}

/** Hands *text* to the browser as a file to keep. */
export function save(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: address, download: name }).click();
  // The download has taken hold of it by then; without this it would stay in memory as long as the page.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Says something that happened just now, also to who listens to the page. */
export function announce(text) {
  say(byId("said"), text);
}

/** Where the page came over plain http, browsers have no clipboard but this. */
function byHand(text) {
  const area = element("textarea", { class: "unseen", readonly: true }, text);
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
