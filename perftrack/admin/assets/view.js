/**
 * The view: what is looked at, and how. It lives in the fragment of the address, so that it can be sent to somebody
 * and reaches no log. Endpoints are named as they are shown, so that nothing invisible gets into an address.
 */

import { shown } from "./format.js";

const DEFAULTS = { window: "", sort: "time_share", up: "", search: "", only: "all", endpoint: "", slow: "" };

/** Returns the view that the address holds, with defaults for what it does not say. */
export function view() {
  const said = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, usual]) => [name, said.get(name) ?? usual]));
}

/** Returns the address of an endpoint's detail; see `onView`. */
export const linkTo = (endpoint) => `#${new URLSearchParams({ endpoint: shown(endpoint) })}`;

/** Changes the view; *lasting* changes are a step that the browser's Back takes back. */
export function look(changes, lasting = false) {
  const wanted = Object.entries({ ...view(), ...changes }).filter(([name, value]) => value !== DEFAULTS[name]);
  const fragment = wanted.length ? `#${new URLSearchParams(wanted)}` : "";
  if (fragment === location.hash) return;
  history[lasting ? "pushState" : "replaceState"](null, "", fragment || location.pathname);
  dispatchEvent(new Event("hashchange"));
}

/**
 * Calls *listener* after each change of the view, whoever made it: two views never have the same fragment. Links within
 * the page change what they name and leave the rest of the view; in a new tab they stand alone.
 */
export function onView(listener) {
  addEventListener("hashchange", listener);
  addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    look(Object.fromEntries(new URLSearchParams(link.hash.slice(1))), true);
  });
}
