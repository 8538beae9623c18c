/** What is looked at, and how. It lives in the fragment of the address: it can be sent, and reaches no log. */

import { shown } from "./format.js";

const DEFAULTS = { window: "", sort: "time_share", up: "", search: "", only: "all", endpoint: "", slow: "" };

/** Returns the view that the address holds, with defaults for what it does not say. */
export function view() {
  const said = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, usual]) => [name, said.get(name) ?? usual]));
}

/** Returns the address of an endpoint's detail, named as it is shown: nothing invisible gets into an address. */
export const linkTo = (endpoint) => `#${new URLSearchParams({ endpoint: shown(endpoint) })}`;

/** Changes the view; *lasting* changes are a step that the browser's Back takes back. */
export function look(changes, lasting = false) {
  const wanted = Object.entries({ ...view(), ...changes }).filter(([name, value]) => value !== DEFAULTS[name]);
  const fragment = wanted.length ? `#${new URLSearchParams(wanted)}` : "";
  if (fragment === location.hash) return;
  history[lasting ? "pushState" : "replaceState"](null, "", fragment || location.pathname);
  dispatchEvent(new Event("hashchange"));
}

/** Calls *listener* after each change of the view. Links within the page change what they name and leave the rest. */
export function onView(listener) {
  addEventListener("hashchange", listener);
  addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    look(Object.fromEntries(new URLSearchParams(link.hash.slice(1))), true);
  });
}
